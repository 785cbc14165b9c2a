import test, { type ExecutionContext } from 'ava';
import { makePlan, type PlanOptions } from '../../infra/cli/plan/make-plan.ts';
import { planJson, planText } from '../../infra/cli/plan/plan-text.ts';
import { openRepository } from '../../infra/cli/plan/repository.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { runProgram } from '../helpers/run-program.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';

const plain = (_: string, text: string) => text;
const FROM = (name: string) => `ARG BASE_TAG=latest\nFROM ghcr.io/acme/${name}:\${BASE_TAG}\n`;
const STACK = {
  'images/spec.yml': `root: base
images:
  base: {image_name: ghcr.io/acme/base}
  r: {image_name: ghcr.io/acme/r, depend_on: base}
  ml: {image_name: ghcr.io/acme/ml, depend_on: base}
  gpu: {image_name: ghcr.io/acme/gpu, depend_on: ml}
tag: {prefix: "2026.3"}
`,
  'images/base/Dockerfile': 'FROM debian:13\n',
  'images/r/Dockerfile': FROM('base'),
  'images/ml/Dockerfile': FROM('base'),
  'images/gpu/Dockerfile': FROM('ml'),
};

test('a plan counts all commits of a branch, and lines up', async t => {
  const { plan } = await stack(t);
  const report = await plan({ branch: 'feature/x' });
  t.deepEqual(planText(report, plain).split('\n'), [
    `images/spec.yml at ${report.commit.slice(0, 7)} on feature/x, compared with ${report.base?.slice(0, 7)}: 2 commits, 2 files`,
    'tag 2026.3-feature-x',
    '',
    'base       keep   unchanged',
    '├─ r       keep   unchanged',
    '└─ ml      build  images/ml/setup.sh changed',
    '   └─ gpu  build  it stands on ml, which is built',
    '',
    'builds 2 of 4 images',
    'note: the registry was not asked what is missing',
  ]);
});

test('DH-21: a plan for the default branch builds everything', async t => {
  const { plan, shas } = await stack(t);
  const report = await plan({ branch: 'main', commit: shas['first'] });
  t.deepEqual(built(report), ['base', 'r', 'ml', 'gpu']);
  t.is(report.base, undefined);
});

test('a plan asks the registry about what did not change, and builds what is missing with what stands on it', async t => {
  const { plan } = await stack(t);
  const asked: string[] = [];
  const registry = registryWith(({ repository, tag }) => {
    asked.push(`${repository}:${tag}`);
    return repository !== 'acme/r';
  });
  const report = await plan({ branch: 'feature/x', registry });
  t.deepEqual(asked, ['acme/base:2026.3-feature-x', 'acme/r:2026.3-feature-x']);
  t.deepEqual(built(report), ['r', 'ml', 'gpu']);
});

test('DH-8: a plan that looks into a real registry, where nothing is, builds everything', async t => {
  const host = await serveRegistry(t);
  const { plan, grow } = await stack(t);
  const spec = STACK['images/spec.yml'].replaceAll('ghcr.io', host);
  const shas = await grow([{ name: 'local', parents: ['second'], files: { 'images/spec.yml': spec } }]);
  const registry = createRegistryClient({ credentials: async () => undefined });
  const options = { branch: 'feature/x', commit: shas['local'], base: shas['local'], registry };
  const report = await plan(options);
  t.deepEqual(built(report), ['base', 'r', 'ml', 'gpu']);
  t.regex(planText(report, plain), /^base +build {2}2026\.3-feature-x is not in the registry$/m);
});

test('headway plan and headway graph answer programs, too', async t => {
  const { path } = await stack(t);
  const run = async (...words: readonly string[]) =>
    (await runProgram(process.execPath, ['infra/cli/main.ts', ...words, '--folder', path])) ?? '';
  const plan = JSON.parse(
    await run('plan', '--offline', '--json', '--commit', 'feature/x', '--branch', 'feature/x'),
  );
  t.like(plan, { file: 'images/spec.yml', tag: '2026.3-feature-x', commits: 2, files: 2 });
  t.like(plan.images[2], {
    name: 'ml',
    parents: ['base'],
    action: 'build',
    why: ['images/ml/setup.sh changed'],
    reasons: [{ kind: 'changed', files: ['images/ml/setup.sh'] }],
  });
  t.regex(await run('graph', '--commit', 'main'), /^flowchart LR\n {2}i0\["base"\]\n/);
  t.regex(await run('graph', '--commit', 'main', '--svg'), /^<svg .*>gpu<\/text>.*<\/svg>\n$/s);
});

test('a plan that reuses parents takes them from the default branch', async t => {
  const { plan } = await stack(t);
  const registry = registryWith(({ tag }) => tag === '2026.3-main');
  t.deepEqual(built(await plan({ branch: 'feature/x', registry })), ['base', 'r', 'ml', 'gpu']);
  const report = await plan({ branch: 'feature/x', registry, parents: 'reuse' });
  t.deepEqual(built(report), ['ml', 'gpu']);
  t.regex(planText(report, plain), /^base +keep {3}unchanged; 2026\.3-main will do$/m);
});

test('a registry that does not answer changes no plan, and the plan says so', async t => {
  const { plan } = await stack(t);
  let asked = 0;
  const head = async () => {
    asked++;
    throw new RegistryError('Cannot reach the registry', { temporary: true });
  };
  const report = await plan({ branch: 'feature/x', registry: { head } });
  t.deepEqual(built(report), ['ml', 'gpu']);
  t.true(asked <= 2);
  t.regex(planText(report, plain), /note: Cannot reach the registry$/);
});

test('"skip ci" builds nothing, and --full everything', async t => {
  const { plan, grow } = await stack(t);
  await grow([{ name: 'docs-skip-ci', parents: ['second'], files: { 'images/base/x': 'x' } }]);
  const shas = await grow([]);
  const commit = shas['docs-skip-ci'];
  const report = await plan({ branch: 'feature/x', commit });
  t.deepEqual(built(report), []);
  t.regex(planText(report, plain), /^nothing is built: a message says "skip-ci"$/m);
  t.is(built(await plan({ branch: 'feature/x', commit, full: true })).length, 4);
});

test('branches that would share a tag do not, and the plan says why', async t => {
  const { plan, git, shas } = await stack(t);
  await git('update-ref', 'refs/heads/feature-x', String(shas['second']));
  const report = await plan({ branch: 'feature/x' });
  t.regex(report.tag, /^2026\.3-feature-x-[0-9a-f]{8}$/);
  t.true(report.notes.includes('"2026.3-feature-x" is the tag of branch "feature-x"'));
  t.is((await plan({ branch: 'feature-x' })).tag, '2026.3-feature-x');
});

test('the mistakes of a spec.yml are told with their lines', async t => {
  const { plan, grow } = await stack(t);
  const shas = await grow([
    { name: 'bad', parents: ['first'], files: { 'images/spec.yml': 'images:\n  a: {depend_on: b}\n' } },
  ]);
  await t.throwsAsync(plan({ branch: 'main', commit: shas['bad'] }), {
    message:
      /there is 1 mistake\nimages\/spec\.yml:2:18 {2}images\.a\.depend_on: expected the name of an image, found "b"/,
  });
});

test('a headway.yaml is planned for too: by contexts, and with commits as tags', async t => {
  const { plan, grow } = await stack(t);
  const yaml = `repos: {shop: {url: https://example.com/shop.git}}
images:
  base: {repository: ghcr.io/acme/base, repo: shop, context: base}
  web: {repository: ghcr.io/acme/web, repo: shop, context: web, parent: base}
`;
  const files = {
    'headway.yaml': yaml,
    'base/Dockerfile': 'FROM debian:13\n',
    'web/Dockerfile': 'ARG BASE\nFROM $BASE\n',
  };
  await grow([{ name: 'shop', parents: ['first'], files }]);
  const shas = await grow([{ name: 'shop-again', parents: ['shop'], files: { 'web/index.html': 'x' } }]);
  const report = await plan({
    file: 'headway.yaml',
    branch: 'dev',
    commit: shas['shop-again'],
    base: shas['shop'],
  });
  t.deepEqual([built(report), report.tag, report.remarks], [['web'], shas['shop-again'], []]);
});

test('a plan for a headway.yaml builds what its builds.plan says on a tracked branch', async t => {
  const { plan, grow } = await stack(t);
  const yaml = (builds: string) => `repos: {shop: {url: https://example.com/shop.git, builds: ${builds}}}
images:
  base: {repository: ghcr.io/acme/base, repo: shop, context: base}
  web: {repository: ghcr.io/acme/web, repo: shop, context: web}
`;
  const dockerfiles = {
    'base/Dockerfile': 'FROM debian:13\n',
    'web/Dockerfile': 'ARG T=latest\nFROM ghcr.io/acme/base:$T\n',
  };
  for (const [kind, expected] of [
    ['changed', ['web']],
    ['everything', ['base', 'web']],
  ] as const) {
    const files = { ...dockerfiles, 'headway.yaml': yaml(`{plan: ${kind}}`) };
    const shas = await grow([
      { name: kind, parents: ['first'], files },
      { name: `${kind}-again`, parents: [kind], files: { 'web/index.html': 'x' } },
    ]);
    const commit = shas[`${kind}-again`];
    const report = await plan({ file: 'headway.yaml', branch: 'main', commit, base: shas[kind] });
    t.deepEqual([built(report), report.images[1]?.parents], [expected, ['base']]);
  }
});

test('a plan builds an image anew that says it stands on an older parent than is there', async t => {
  const { plan } = await stack(t);
  const registry = registryWith(() => true);
  const bases = async ({ repository }: ImageReference) => {
    return { first: `sha256:${(repository === 'acme/r' ? '1' : '0').repeat(64)}`, further: {} };
  };
  const report = await plan({ branch: 'feature/x', registry, bases });
  t.deepEqual(built(report), ['r', 'ml', 'gpu']);
  t.regex(planText(report, plain), /^├─ r +build {2}it stands on an older base$/m);
  const silent = async () => {
    throw new Error('not an image');
  };
  t.deepEqual(built(await plan({ branch: 'feature/x', registry, bases: silent })), ['ml', 'gpu']);
});

test('what cannot be planned is said in a sentence', async t => {
  const { plan, folder } = await stack(t);
  await t.throwsAsync(plan({ commit: 'nowhere' }), {
    message: /^Cannot find commit "nowhere" in this repository/,
  });
  await t.throwsAsync(plan({ branch: 'stable' }), { message: /^Cannot name a tag for branch "stable"/ });
  await t.throwsAsync(plan({ file: 'other.yml' }), {
    message: /has no "other\.yml"; name the file with --file$/,
  });
  await t.throwsAsync(openRepository(folder), { message: /^Cannot find a Git repository in/ });
});

/** main has the stack; feature/x changed the image ml, and then a file of no image. */
async function stack(t: ExecutionContext) {
  const repository = await createGitRepository(t);
  await repository.grow([{ name: 'first', files: STACK }]);
  const shas = await repository.grow([
    { name: 'ml', parents: ['first'], files: { 'images/ml/setup.sh': 'true' } },
    { name: 'second', parents: ['ml'], files: { 'README.md': 'hello' } },
  ]);
  await repository.branch('main', 'first');
  await repository.branch('feature/x', 'second');
  const local = await openRepository(repository.path);
  const plan = (options: PlanOptions) => makePlan(local, { commit: 'feature/x', ...options });
  return { plan, shas, folder: await temporaryFolder(t), ...repository };
}

function built(report: Awaited<ReturnType<typeof makePlan>>): string[] {
  const { images } = JSON.parse(JSON.stringify(planJson(report)));
  return images.flatMap((image: { name: string; action: string; why: readonly string[] }) =>
    image.action === 'build' && image.why.length > 0 ? [image.name] : [],
  );
}

function registryWith(has: (image: Parameters<Registry['head']>[0]) => boolean): Pick<Registry, 'head'> {
  const manifest = { digest: `sha256:${'0'.repeat(64)}`, mediaType: 'application/json', size: 1 };
  return { head: async image => (has(image) ? manifest : undefined) };
}
