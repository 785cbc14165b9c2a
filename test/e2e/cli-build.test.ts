import test, { type ExecutionContext } from 'ava';
import { build } from '../../infra/cli/commands/build.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { type BuildNotice, parseNotice } from '../../shared/domain/deliveries/parse-notice.ts';
import { parseImageReference } from '../../shared/domain/names/image-reference.ts';
import { createGitRepository } from '../helpers/git-repository.ts';
import { runHeadway } from '../helpers/host-process.ts';
import { type ImageContents, imageContents } from '../helpers/image-contents.ts';
import { serveHttp } from '../helpers/serve-http.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';

const YAML = `repos: {shop: {url: https://example.com/shop.git}}
images:
  base: {repository: ghcr.io/acme/base, repo: shop, context: base}
  web: {repository: ghcr.io/acme/web, repo: shop, context: web, parent: base}
  bad: {repository: ghcr.io/acme/bad, repo: shop, context: bad, parent: base}
  above: {repository: ghcr.io/acme/above, repo: shop, context: web, parent: bad}
`;
const FILES = {
  'headway.yaml': YAML,
  'base/Dockerfile': 'FROM scratch\nCOPY a /a\n',
  'base/a': 'a',
  'web/Dockerfile': 'ARG BASE\nFROM $BASE\nCOPY b /b\n',
  'web/b': 'b',
  'bad/Dockerfile': 'ARG BASE\nFROM $BASE\nCOPY missing /\n',
};

test('headway build builds parents first, each child on exactly its parent, and sends a notice of each end', async t => {
  const { run, notices, registry, shas } = await place(t);
  const { code, out } = await run('--notices', await notices.hook('hunter2'));
  t.is(code, 1);
  t.like(JSON.parse(out), { commit: shas['first'], tag: shas['first'], branch: 'main' });
  t.deepEqual(
    JSON.parse(out).images.map(({ name, action }: { name: string; action: string }) => `${name} ${action}`),
    ['base built', 'web built', 'bad failed', 'above left out'],
  );
  const [base, web] = await Promise.all(['base', 'web'].map(name => registry(name)));
  t.deepEqual(web?.manifest.layers.slice(0, 1), base?.manifest.layers.slice());
  t.is(labelsOf(web)['org.opencontainers.image.revision'], shas['first']);
  const told = new Map(notices.all.map(notice => [notice.image.repository, notice]));
  t.deepEqual([...told.keys()].toSorted(), ['try/bad', 'try/base', 'try/web']);
  t.like(told.get('try/web'), {
    status: 'succeeded',
    branch: 'main',
    digest: web?.digest,
    parentDigest: base?.digest,
    image: { tag: shas['first'] },
  });
  t.like(told.get('try/bad'), { status: 'failed' });
  t.regex(told.get('try/bad')?.message ?? '', /missing/);
});

test('an image alone is built on the parent that is there already', async t => {
  const { run, registry, shas } = await place(t);
  t.regex((await run('--image', 'web')).out, /Cannot find its parent \\"base\\" as .*build it too/);
  t.is((await run('--image', 'base')).code, 0);
  const { code, out } = await run('--image', 'web');
  t.is(code, 0);
  t.is(JSON.parse(out).images[1].digest, (await registry('web')).digest);
  t.is(labelsOf(await registry('web'))['org.opencontainers.image.revision'], shas['first']);
});

test('a build whose notice is not stored has failed, and what stands on it is left out', async t => {
  const { run, notices } = await place(t);
  const { code, out } = await run('--notices', await notices.hook('another secret'));
  t.is(code, 1);
  const { images } = JSON.parse(out);
  t.regex(
    images[0].reason,
    /^Cannot tell headway of try\/base: .* answered 401; send the secret that headway.yaml names/,
  );
  t.is(images[1].action, 'left out');
  t.false(out.includes('hunter2'));
});

test('images of a spec.yml are pushed under their commit and under the tag of their branch', async t => {
  const spec = 'images:\n  base: {}\n  ml: {depend_on: base}\ntag: {prefix: "2030.1"}\n';
  const { run, registry } = await place(t, {
    'images/spec.yml': spec,
    'images/base/Dockerfile': FILES['base/Dockerfile'],
    'images/base/a': 'a',
    'images/ml/Dockerfile': 'ARG BASE_TAG\nFROM REGISTRY/try/base:$BASE_TAG\nCOPY c /c\n',
    'images/ml/c': 'c',
  });
  const { code, out } = await run();
  t.is(code, 0, out);
  t.is((await registry('ml', '2030.1-main')).digest, (await registry('ml')).digest);
  t.is((await registry('ml')).manifest.layers.length, 2);
});

test('an image with tests is not even built where nothing can run them', async t => {
  const { run, notices, head, shas } = await place(t, {
    ...FILES,
    'headway.yaml': `repos: {shop: {url: https://example.com/shop.git}}
builders: {make: {kind: command, command: [make]}}
images:
  base: {repository: ghcr.io/acme/base, repo: shop, context: base, tests: {basic: [{command: [sh, -c, 'true']}]}}
  away: {repository: ghcr.io/acme/away, repo: shop, context: base, builder: make, secrets: {NPM_TOKEN: env://NPM_TOKEN}}
`,
  });
  const { code, out } = await run('--notices', await notices.hook('hunter2'), '--builder', 'layers');
  t.is(code, 1);
  const [base, away] = JSON.parse(out).images;
  t.regex(
    base.reason,
    /^Cannot build an image with tests where nothing can run them: Cannot reach Docker at/,
  );
  t.regex(
    away.reason,
    /^Cannot build "away" here: it needs secrets \(NPM_TOKEN\); let headway itself build it$/,
  );
  for (const tag of [shas['first'], `candidate-${shas['first']}`]) {
    t.is(await head('base', tag ?? ''), undefined);
  }
  t.deepEqual(
    notices.all.map(({ status }) => status),
    ['failed', 'failed'],
  );
});

test('the tag of a branch moves forward only, whichever commit is built last', async t => {
  const { run, repository, registry, shas } = await place(t, {
    'images/spec.yml': 'images:\n  base: {}\ntag: {prefix: "2030.1"}\n',
    'images/base/Dockerfile': FILES['base/Dockerfile'],
    'images/base/a': 'a',
  });
  const { second } = await repository.grow([
    { name: 'second', parents: ['first'], files: { 'images/base/a': 'b' } },
  ]);
  t.is((await run('--commit', second ?? '', '--full')).code, 0);
  const { digest } = await registry('base', second);
  t.is((await registry('base', '2030.1-main')).digest, digest);
  const { code, err } = await run('--commit', shas['first'] ?? '', '--full');
  t.is(code, 0);
  t.regex(
    err,
    /base \| Tag "2030.1-main" stays where it is: commit [0-9a-f]{7}, which it is on, is not known/,
  );
  t.is((await registry('base', '2030.1-main')).digest, digest);
  t.not((await registry('base')).digest, digest);
});

test('an image says which further images it takes from, and is planned for when one of them is newer', async t => {
  const image = (name: string, more = '') =>
    `  ${name}: {repository: REGISTRY/try/${name}, repo: shop, context: ${name}${more}}\n`;
  const { run, plan, repository, registry, retag, shas } = await place(t, {
    ...FILES,
    'headway.yaml': `repos: {shop: {url: https://example.com/shop.git, builds: {plan: changed}}}
images:
${image('base')}${image('tools')}${image('web', ', parent: base')}`,
    'tools/Dockerfile': 'FROM scratch\nCOPY t /t\n',
    'tools/t': 't',
    'web/Dockerfile':
      'ARG BASE\nFROM REGISTRY/try/tools:stable AS tools\nFROM $BASE\nCOPY --from=tools /t /t\n',
  });
  t.is((await run('--image', 'tools')).code, 0);
  const tools = await registry('tools');
  await retag('tools', tools.digest, 'stable');
  t.is((await run('--full')).code, 0);
  t.is(labelsOf(await registry('web'))['dev.headway.further-bases'], `tools@${tools.digest}`);

  const { second, other } = await repository.grow([
    { name: 'second', parents: ['first'], files: { 'README.md': 'hello' } },
    { name: 'other', parents: ['first'], files: { 'tools/t': 'newer' } },
  ]);
  const planned = async () => {
    const { out } = await plan('--commit', second ?? '');
    const { images } = JSON.parse(out);
    return images.map(({ name, action, why }: Record<string, string>) => `${name} ${action}: ${why}`);
  };
  t.deepEqual(await planned(), ['base keep: unchanged', 'tools keep: unchanged', 'web keep: unchanged']);
  t.is((await run('--image', 'tools', '--commit', other ?? '')).code, 0);
  await retag('tools', (await registry('tools', other)).digest, shas['first'] ?? '');
  t.deepEqual(await planned(), [
    'base keep: unchanged',
    'tools keep: unchanged',
    'web build: it stands on an older tools',
  ]);
});

test('what cannot be asked for is said in a sentence', async t => {
  const { words } = await place(t);
  const cases: readonly (readonly [words: readonly string[], says: RegExp])[] = [
    [['--image', 'wep'], /^Cannot build image "wep": headway.yaml has base, web, bad, above$/],
    [['--builder', 'kaniko'], /^--builder takes auto, docker, layers, not "kaniko"$/],
    [['--at-once', '0'], /^--at-once takes a whole number from 1$/],
    [['--notices', 'ftp://x'], /^--notices takes the URL of a hook or projects/],
    [['--notices', 'http://127.0.0.1:1/x', '--secret', 'plain'], /never the secret itself$/],
    [['--push-to', 'no such place'], /^Cannot push image "base" to "no such place\/base": expected/],
  ];
  for (const [more, message] of cases) await t.throwsAsync(build.run([...words, ...more]), { message });
});

/** A repository, a registry to push to, and a hook that takes notices with the secret "hunter2". */
async function place(t: ExecutionContext, files: Readonly<Record<string, string>> = FILES) {
  const host = await serveRegistry(t);
  const repository = await createGitRepository(t);
  const own = Object.entries(files).map(([name, text]) => [name, text.replaceAll('REGISTRY', host)]);
  const shas = await repository.grow([{ name: 'first', files: Object.fromEntries(own) }]);
  await repository.branch('main', 'first');
  const all: BuildNotice[] = [];
  let sent = '';
  const hook = async (secret: string) => {
    sent = secret;
    const server = await serveHttp(t, async (request, response) => {
      const body = (await request.toArray()).join('');
      const knows = request.headers.authorization === 'Bearer hunter2';
      if (knows) all.push(parseNotice(body));
      response.writeHead(knows ? 202 : 401).end(JSON.stringify({ id: String(all.length) }));
    });
    return `http://${server}/hooks/notices`;
  };
  const client = createRegistryClient({ credentials: async () => undefined });
  const words = ['--json', '--folder', repository.path, '--push-to', `${host}/try`];
  const environment = () => ({ HEADWAY_NOTICES_SECRET: sent });
  return {
    shas,
    repository,
    words,
    head: (name: string, tag: string) => client.head({ registry: host, repository: `try/${name}`, tag }),
    retag: (name: string, digest: string, tag: string) =>
      client.retag({ registry: host, repository: `try/${name}` }, digest, tag, AbortSignal.timeout(10_000)),
    notices: { all, hook },
    plan: (...more: readonly string[]) =>
      runHeadway(['plan', '--json', '--folder', repository.path, '--branch', 'main', ...more], {
        cwd: repository.path,
        environment: environment(),
      }),
    run: (...more: readonly string[]) =>
      runHeadway(['build', ...words, ...more], { cwd: repository.path, environment: environment() }),
    registry: (name: string, tag = shas['first'] ?? '') => {
      const image = parseImageReference(`${host}/try/${name}:${tag}`);
      return imageContents(client, image ?? fail(t));
    },
  };
}

function labelsOf(image: ImageContents | undefined): Readonly<Record<string, string>> {
  return Object(image?.config.config['Labels']);
}

function fail(t: ExecutionContext): never {
  t.fail();
  throw new Error('no reference');
}
