import test from 'ava';
import { type AccessRequest, type AccessRules, judgeAccess } from '../../shared/domain/access.ts';

const local: AccessRules = { loopback: true };
const open: AccessRules = { loopback: false, hostName: 'cd.acme.example' };
const read: AccessRequest = { host: '127.0.0.1:8080', origin: undefined, wants: 'read', token: 'absent' };

const answers = test.macro({
  exec(t, rules: AccessRules, request: Partial<AccessRequest>, expected: 'allowed' | 401 | 403 | 421) {
    const verdict = judgeAccess({ ...read, ...request }, rules);
    t.is(verdict.kind === 'allowed' ? 'allowed' : verdict.status, expected);
  },
  title: (name = '') => `judgeAccess() ${name}`,
});

test('lets anybody read on loopback', answers, local, {}, 'allowed');
test('takes localhost for loopback', answers, local, { host: 'localhost:8080' }, 'allowed');
test('takes IPv6 loopback', answers, local, { host: '[::1]:8080' }, 'allowed');
test('takes any address of 127.0.0.0/8', answers, local, { host: '127.8.9.1' }, 'allowed');
test('lets nobody change without a token', answers, local, { wants: 'change' }, 401);
test('lets the token change', answers, local, { wants: 'change', token: 'right' }, 'allowed');
test('refuses a wrong token even for reading', answers, local, { token: 'wrong' }, 401);
test('refuses a name that was rebound to loopback', answers, local, { host: 'evil.example:8080' }, 421);
test(
  'refuses a rebound name with the right token',
  answers,
  local,
  { host: 'evil.example', token: 'right' },
  421,
);
test('refuses a name that only begins as ours', answers, local, { host: '127.0.0.1.evil.example' }, 421);
test('refuses a name that only ends as ours', answers, local, { host: 'evil-localhost' }, 421);
test('refuses another address on loopback', answers, local, { host: '10.0.0.5' }, 421);
test('refuses a request without a host', answers, local, { host: undefined }, 421);
test('refuses a host with credentials', answers, local, { host: 'a@localhost' }, 421);
test('refuses a page of another origin', answers, local, { origin: 'https://evil.example' }, 403);
test('refuses a page of another port', answers, local, { origin: 'http://127.0.0.1:9' }, 403);
test('refuses the origin "null"', answers, local, { origin: 'null' }, 403);
test('lets its own page read', answers, local, { origin: 'http://127.0.0.1:8080' }, 'allowed');
test('guards reading on other addresses', answers, open, {}, 401);
test('gives the page without its data to everybody', answers, open, { wants: 'shell' }, 'allowed');
test('guards even the page against rebinding', answers, open, { wants: 'shell', host: 'evil.example' }, 421);
test('takes the configured name', answers, open, { host: 'CD.acme.example:443', token: 'right' }, 'allowed');
test(
  'takes an address, which cannot be rebound',
  answers,
  open,
  { host: '10.0.0.5:8080', token: 'right' },
  'allowed',
);
test(
  'takes the origin of its page behind a proxy that ends TLS',
  answers,
  open,
  { host: 'cd.acme.example', origin: 'https://cd.acme.example', token: 'right' },
  'allowed',
);
