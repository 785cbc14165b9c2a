import test from 'ava';
import { broken, brokenFile, mistakesOf, WHOLE } from '../helpers/broken-configuration.ts';

const NAME = 'expected a name of lower-case letters, digits, dots and dashes, at most 63';
const SECRET = 'expected env://NAME, file://PATH or secret://NAME, never the secret itself';
const REPOSITORY = 'expected an image repository without tag or digest, such as ghcr.io/acme/web';
const DURATION = 'expected a duration such as 30s, 10m, 2h or 7d';
const GIT_URL = 'expected a URL or path for git, without credentials in it';

test('readConfiguration() takes a whole configuration', t => t.deepEqual(mistakesOf(WHOLE.join('\n')), []));

test('a missing key', broken, 2, '  app: {}', `3 repos.app: "url" is missing: ${GIT_URL}`);
test(
  'a misspelt key',
  broken,
  17,
  '  concurency: 2',
  '3 builds.concurency: unknown key "concurency"; did you mean "concurrency"?',
);
test(
  'a key in another case',
  broken,
  2,
  '  app: {url: x, on_rewrite: wait}',
  '17 repos.app.on_rewrite: unknown key "on_rewrite"; did you mean "onRewrite"?',
);
test(
  'a key of nobody',
  broken,
  2,
  '  app: {url: x, jazz: 3}',
  '17 repos.app.jazz: unknown key "jazz"; expected one of url, branch, onRewrite, credentials, forge, api, token, builds, stack, branchTags, app, report, pullRequests',
);
test(
  'a platform that is none',
  broken,
  6,
  '  base: {repository: ghcr.io/acme/base, repo: app, platform: [linux/amd64, arm64]}',
  '76 images.base.platform[1]: expected a platform such as linux/amd64, found "arm64"',
);
const TAG_PREFIX =
  'expected letters, digits, dots and underscores in quotes, such as "2026.3": without quotes YAML takes 2026.10 for the number 2026.1';
test(
  'a prefix of tags that no tag can have',
  broken,
  2,
  '  app: {url: x, branchTags: {prefix: 2026/3}}',
  `38 repos.app.branchTags.prefix: ${TAG_PREFIX}, found "2026/3"`,
);
test(
  'a prefix of tags that is a number',
  broken,
  2,
  '  app: {url: x, branchTags: {prefix: 2026.10}}',
  `38 repos.app.branchTags.prefix: ${TAG_PREFIX}, found 2026.1 (a number)`,
);
test(
  'a section that is missing its s',
  broken,
  14,
  'hook:',
  '1 hook: unknown key "hook"; did you mean "hooks"?',
);
test(
  'a section that is a list',
  brokenFile,
  'builds:\n  - 2',
  '1:1 builds: expected a mapping (key: value), found a list',
);
test(
  'an entry without anything in it',
  broken,
  11,
  '  local:',
  '3 targets.local: expected a mapping (key: value), found nothing',
);
test(
  'an entry that is text',
  broken,
  9,
  '  prod: web',
  '9 tags.prod: expected a mapping (key: value), found text',
);
test(
  'a list that is text',
  broken,
  9,
  '  prod: {images: web}',
  '18 tags.prod.images: expected a list (- item), found text',
);
test(
  'an empty list',
  broken,
  9,
  '  prod: {images: []}',
  '18 tags.prod.images: expected at least one item, found an empty list',
);
test(
  'a name with capitals',
  broken,
  15,
  '  GitHub: {kind: github, secret: env://S}',
  `3 hooks.GitHub: ${NAME}, found "GitHub"`,
);
test(
  'an unknown kind',
  broken,
  11,
  '  local: {kind: dokcer}',
  '17 targets.local.kind: expected one of git, docker, kubernetes, swarm, swarmpit, cloud-run, heroku, ecs, command, webhook, found "dokcer"; did you mean "docker"?',
);
test(
  'a missing kind',
  broken,
  11,
  '  local: {host: "unix:///x"}',
  '3 targets.local: "kind" is missing: expected one of git, docker, kubernetes, swarm, swarmpit, cloud-run, heroku, ecs, command, webhook',
);
test(
  'a key of another kind',
  broken,
  11,
  '  local: {kind: docker, url: x}',
  '25 targets.local.url: unknown key "url"; expected one of kind, discover, host, optional, proxy',
);
test(
  'a choice that there is not',
  broken,
  2,
  '  app: {url: x, onRewrite: ask}',
  '28 repos.app.onRewrite: expected one of wait, follow, found "ask"',
);
test(
  'a duration in words',
  broken,
  13,
  '  web: {target: local, image: web, tag: prod, timeout: 5 minutes}',
  `56 services.web.timeout: ${DURATION}, found "5 minutes"`,
);
test(
  'a duration without a unit',
  broken,
  13,
  '  web: {target: local, image: web, tag: prod, timeout: 30}',
  `56 services.web.timeout: ${DURATION}, found 30 (a number)`,
);
test(
  'a duration beyond any date',
  broken,
  13,
  '  web: {target: local, image: web, tag: prod, timeout: 99999d}',
  '56 services.web.timeout: expected at most 36500d, found "99999d"',
);
test(
  'a number in words',
  broken,
  17,
  '  concurrency: two',
  '16 builds.concurrency: expected a number, found "two"',
);
test(
  'a number that is not whole',
  broken,
  17,
  '  concurrency: 1.5',
  '16 builds.concurrency: expected a whole number, found 1.5 (a number)',
);
test(
  'a number that is too large',
  broken,
  17,
  '  concurrency: 65',
  '16 builds.concurrency: expected at most 64, found 65 (a number)',
);
test(
  'a tag that YAML reads as a number',
  broken,
  13,
  '  web: {target: local, image: web, tag: 1.10}',
  '41 services.web.tag: expected an image tag, such as prod (numbers in quotes), found 1.1 (a number)',
);
test(
  'a repository with a tag',
  broken,
  6,
  '  base: {repository: "ghcr.io/acme/base:1", repo: app}',
  `22 images.base.repository: ${REPOSITORY}, found "ghcr.io/acme/base:1"`,
);
test(
  'a path that leaves the repository',
  broken,
  6,
  '  base: {repository: ghcr.io/acme/base, repo: app, context: ../x}',
  '61 images.base.context: expected a path inside the repository, found "../x"',
);
test(
  'a registry with a scheme',
  broken,
  4,
  '  "https://ghcr.io": {}',
  '3 registries: expected a registry as image names write it, such as ghcr.io, docker.io or 127.0.0.1:5000',
);
test(
  'Docker Hub by another name',
  broken,
  4,
  '  index.docker.io: {}',
  '3 registries."index.docker.io": expected a registry as image names write it, such as ghcr.io, docker.io or 127.0.0.1:5000, found "index.docker.io"',
);
test(
  'a port out of range',
  broken,
  13,
  '  web: {target: local, image: web, tag: prod, ports: ["99999"]}',
  '55 services.web.ports[0]: expected ports from 1 to 65535, found "99999"',
);
test(
  'a password in place of its reference',
  broken,
  4,
  '  ghcr.io: {username: bot, password: hunter2}',
  `38 registries."ghcr.io".password: ${SECRET}`,
);
test(
  'a secret with a broken reference',
  broken,
  15,
  '  github: {kind: github, secret: "env:SECRET"}',
  `34 hooks.github.secret: ${SECRET}`,
);
test(
  'credentials in a URL',
  broken,
  2,
  '  app: {url: "https://bot:hunter2@example.org/app.git"}',
  `14 repos.app.url: ${GIT_URL}`,
);
test(
  'an option in place of a URL',
  broken,
  2,
  '  app: {url: "--upload-pack=x"}',
  `14 repos.app.url: ${GIT_URL}`,
);
test(
  'a number in an environment',
  broken,
  13,
  '  web: {target: local, image: web, tag: prod, environment: {PORT: 80}}',
  '67 services.web.environment.PORT: expected text (numbers, true and false in quotes), env://NAME, file://PATH or secret://NAME',
);
test(
  'a key without the space after its colon',
  broken,
  15,
  '  github: {kind: github, secret:hunter2}',
  `3 hooks.github: "secret" is missing: ${SECRET}`,
  '26 hooks.github: expected a key with a colon and a space after it: one of kind, secret, repo',
);
