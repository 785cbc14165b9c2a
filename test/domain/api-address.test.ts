import test from 'ava';
import { wrongReferences } from '../../shared/domain/configuration/references.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { secretPlaces } from '../../shared/domain/configuration/secret-places.ts';
import { type ApiForgeKind, apiAddress } from '../../shared/domain/forges/api-address.ts';

const finds = test.macro({
  exec(t, forge: ApiForgeKind, urls: readonly [string, string?], expected: string | undefined) {
    const [url, api] = urls;
    const found = apiAddress({ forge, url, api });
    t.is(found && `${found.base} ${found.repository}`, expected);
  },
  title: (_, forge: ApiForgeKind, urls: readonly [string, string?]) =>
    `apiAddress() of ${forge} ${urls.join(' with ')}`,
});

const GITHUB = 'https://api.github.com acme/app';
test(finds, 'github', ['https://github.com/acme/app.git'], GITHUB);
test(finds, 'github', ['https://GitHub.com/acme/app/'], GITHUB);
test(finds, 'github', ['git@github.com:acme/app.git'], GITHUB);
test(finds, 'github', ['ssh://git@github.com:22/acme/app'], GITHUB);
test(finds, 'github', ['https://acme.ghe.com/acme/app'], 'https://api.acme.ghe.com acme/app');
test(finds, 'github', ['https://git.acme.org/acme/app'], 'https://git.acme.org/api/v3 acme/app');
test(finds, 'github', ['https://github.com/acme/app', 'https://proxy/gh/'], 'https://proxy/gh acme/app');
test(finds, 'github', ['https://github.com/acme'], undefined);
test(finds, 'github', ['https://github.com//app'], undefined);
test(finds, 'github', ['/srv/git/acme/app.git'], undefined);
test(finds, 'github', ['file:///srv/git/app.git'], undefined);
test(finds, 'gitlab', ['https://gitlab.com/acme/tools/app.git'], 'https://gitlab.com/api/v4 acme/tools/app');
test(finds, 'gitlab', ['git@gitlab.acme.org:acme/app.git'], 'https://gitlab.acme.org/api/v4 acme/app');
test(
  finds,
  'gitlab',
  ['https://acme.org/gitlab/acme/app', 'https://acme.org/gitlab/api/v4'],
  'https://acme.org/gitlab/api/v4 acme/app',
);
test(finds, 'gitea', ['https://codeberg.org/acme/app.git'], 'https://codeberg.org/api/v1 acme/app');
test(finds, 'gitea', ['http://10.0.0.1:3000/git/acme/app'], 'http://10.0.0.1:3000/git/api/v1 acme/app');
test(finds, 'gitea', ['ssh://git@acme.org:2222/acme/app.git'], 'https://acme.org/api/v1 acme/app');
test(finds, 'gitiles', ['https://skia.googlesource.com/skia'], 'https://skia.googlesource.com/skia skia');
test(
  finds,
  'gitiles',
  ['https://acme.org/tools/app', 'https://acme.org/a/tools/app'],
  'https://acme.org/a/tools/app tools/app',
);

const APP = { appId: 7, installationId: 8, privateKey: 'env://KEY' };
const contradicts = test.macro({
  exec(t, repo: object, ...expected: string[]) {
    const configuration = ConfigurationShape.parse({ repos: { app: repo } });
    const found = wrongReferences(configuration).map(({ path, message }) => `${path.join('.')}: ${message}`);
    t.deepEqual(found, expected);
  },
  title: (name = '') => `a repo ${name}`,
});
const hub = { forge: 'github', url: 'https://github.com/acme/app' };
const login = { username: 'ada', password: 'env://P' };

test('of a forge with a token is taken', contradicts, { ...hub, token: 'env://T' });
test('of GitHub with an App is taken', contradicts, { ...hub, app: APP });
test('of Gitiles with credentials is taken', contradicts, {
  forge: 'gitiles',
  url: 'https://acme.org/app',
  credentials: login,
});
test(
  'of git has no token',
  contradicts,
  { url: 'https://acme.org/app', token: 'env://T' },
  'repos.app.token: expected forge: github, gitlab, gitea or gitiles beside it; git itself has no API',
);
test(
  'of a forge is not a path',
  contradicts,
  { ...hub, url: '/srv/app.git' },
  'repos.app.url: expected a URL such as https://host/acme/app for forge: github',
);
test(
  'of GitLab has no App',
  contradicts,
  { forge: 'gitlab', url: 'https://gitlab.com/acme/app', app: APP },
  'repos.app.app: expected forge: github; gitlab has no Apps, only tokens',
);
test(
  'has one way to log in',
  contradicts,
  { ...hub, app: APP, token: 'env://T' },
  'repos.app.token: expected either a token or an app, found both',
);
test(
  'of GitHub has no password',
  contradicts,
  { ...hub, credentials: login },
  'repos.app.credentials: expected a token: the API of github takes no password',
);

test('that reports and builds pull requests is taken', contradicts, {
  ...hub,
  token: 'env://T',
  report: true,
  pullRequests: 'all',
});
test('of git builds pull requests of its own branches', contradicts, {
  url: 'https://acme.org/app',
  pullRequests: 'own',
});
test(
  'of git cannot report, and has no commits of forks',
  contradicts,
  { url: 'https://acme.org/app', report: true, pullRequests: 'all' },
  'repos.app.report: expected forge: github, gitlab or gitea beside it; git has no place for reports',
  'repos.app.pullRequests: expected forge: github, gitlab or gitea beside it; git fetches branches, and the commits of forks are on none',
);
test(
  'of Gitiles cannot report, and has no pull requests',
  contradicts,
  { forge: 'gitiles', url: 'https://acme.org/app', report: true, pullRequests: 'own' },
  'repos.app.report: expected forge: github, gitlab or gitea beside it; gitiles has no place for reports',
  'repos.app.pullRequests: expected forge: github, gitlab or gitea beside it; gitiles tells of none',
);
test(
  'that reports has to log in',
  contradicts,
  { ...hub, report: true },
  'repos.app.report: expected a token or an app beside it that may write statuses',
);

test('the token and the key of an App are secrets that are resolved', t => {
  const { repos } = { repos: { one: { ...hub, token: 'env://T' }, two: { ...hub, app: APP } } };
  const places = secretPlaces(ConfigurationShape.parse({ repos }));
  t.deepEqual(
    places.map(({ path, reference }) => `${path.join('.')} ${reference}`),
    ['repos.one.token env://T', 'repos.two.app.privateKey env://KEY'],
  );
});
