import test from 'ava';
import { sameRepoUrl } from '../../shared/domain/deliveries/repo-url.ts';

const compares = test.macro({
  exec(t, a: string, b: string, expected: boolean) {
    t.is(sameRepoUrl(a, b), expected);
    t.is(sameRepoUrl(b, a), expected);
  },
  title: (_, a, b, expected) => `sameRepoUrl() says ${expected} of "${a}" and "${b}"`,
});

const HTTPS = 'https://github.com/acme/shop.git';
test(compares, HTTPS, 'https://github.com/acme/shop', true);
test(compares, HTTPS, 'https://GitHub.com/acme/shop/', true);
test(compares, HTTPS, 'http://github.com/acme/shop', true);
test(compares, HTTPS, 'https://github.com:443/acme/shop.git', true);
test(compares, HTTPS, 'https://octavia:token@github.com/acme/shop', true);
test(compares, HTTPS, 'git@github.com:acme/shop.git', true);
test(compares, HTTPS, 'github.com:acme/shop', true);
test(compares, HTTPS, 'ssh://git@github.com/acme/shop.git', true);
test(compares, HTTPS, 'ssh://git@github.com:22/acme/shop.git', true);
test(compares, HTTPS, 'git://github.com/acme/shop.git', true);
test(compares, 'https://git.acme.example:3000/a/b', 'ssh://git@git.acme.example:2222/a/b.git', true);
test(compares, 'https://git.acme.example/a/b%20c', 'git@git.acme.example:a/b c.git', true);
test(compares, '/srv/git/shop.git', '/srv/git/shop', true);
test(compares, '/srv/git/shop.git', 'file:///srv/git/shop.git', true);
test(compares, HTTPS, 'https://github.com/acme/Shop', false);
test(compares, HTTPS, 'https://github.com/acme/shop-api', false);
test(compares, HTTPS, 'https://github.com.evil.example/acme/shop', false);
test(compares, HTTPS, 'https://evil.example/github.com/acme/shop', false);
test(compares, HTTPS, 'https://github.com@evil.example/acme/shop', false);
test(compares, 'http://127.0.0.1:3000/a/b', 'http://127.0.0.1:3001/a/b', false);
test(compares, '/srv/git/shop.git', 'https://srv/git/shop.git', false);
test(compares, '', '', false);
test(compares, HTTPS, 'https://', false);
test(compares, 'ftp://github.com/acme/shop', 'ftp://github.com/acme/shop', false);
