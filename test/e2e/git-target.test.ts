import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createGitTarget } from '../../shared/adapters/targets/git/git-target.ts';
import { targetContract } from '../contracts/target.ts';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { digest, imageOf, orderOf, service } from '../helpers/git-repository-orders.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

const author = { name: 'headway', email: 'headway@example.com' };

/** A real repository with these files on its main branch, and a target that writes to it. */
async function place(t: ExecutionContext, files: Readonly<Record<string, string>>) {
  const repository = await createGitRepository(t);
  await repository.grow([{ name: 'manifests', files }]);
  await repository.branch('main', 'manifests');
  const open = async (more: { branch?: string; files?: string[]; url?: string } = {}) => {
    const root = await temporaryFolder(t);
    const patterns = ['**/*.yaml'];
    return createGitTarget({
      url: repository.path,
      branch: 'main',
      files: patterns,
      author,
      root,
      log,
      ...more,
    });
  };
  const file = (path: string) => repository.git('show', `main:${path}`);
  const subjects = async () => (await repository.git('log', '--format=%s', 'main')).trim().split('\n');
  const signal = AbortSignal.timeout(60_000);
  return { repository, open, file, subjects, target: await open(), signal };
}

targetContract(test, 'createGitTarget()', async t => {
  const { repository, target, open, file } = await place(t, { 'web.yaml': 'image: ghcr.io/acme/web:v1\n' });
  return {
    target,
    name: 'web',
    service: service('web'),
    image: imageOf('web'),
    before: 'updating',
    digests: { v1: digest(1), v2: digest(2) },
    there: async () => /@(\S+)/.exec(await file('web.yaml'))?.[1],
    trace: () => repository.git('rev-parse', 'main'),
    takeOver: async () => {
      const files = { 'web.yaml': `image: ghcr.io/acme/web@${digest(99)}\n` };
      await repository.grow([{ name: 'mine', parents: ['manifests'], files }]);
      await repository.branch('main', 'mine');
    },
    listed: true,
    unreachable: await open({ url: join(repository.path, 'nowhere') }),
    close: async () => {},
  };
});

test('createGitTarget() lists each image of its files once for each way in which it is named', async t => {
  const { target, signal } = await place(t, {
    'a/web.yaml': `image: ghcr.io/acme/web@${digest(1)}\n---\nimage: nginx:1.29\n`,
    'b/web.yaml': `image: ghcr.io/acme/web@${digest(1)}\n---\nimage: "ghcr.io/acme/web:$(TAG)"\n`,
    'README.md': 'image: redis\n',
  });
  t.deepEqual(await target.list(signal), [
    {
      workload: 'nginx',
      image: { registry: 'docker.io', repository: 'library/nginx', tag: '1.29' },
      updating: false,
      labels: {},
    },
    {
      workload: 'web',
      image: { ...imageOf('web'), digest: digest(1) },
      digest: digest(1),
      updating: false,
      labels: {},
    },
  ]);
});

test('createGitTarget() changes nothing of a file but the reference', async t => {
  const manifest = (reference: string) =>
    [
      '\uFEFF# image: ghcr.io/acme/web:v1 stays, this is a comment – with ünicode',
      'spec:\r',
      '    containers:',
      '      # the front',
      `    - image:   "${reference}"   # moved by headway`,
      "      name: 'web'",
      '    - {name: worker, image: ghcr.io/acme/web-worker:v1}',
      '---',
      'data: |',
      '  image: ghcr.io/acme/web:v1',
      '',
    ].join('\n');
  const { target, file, signal, repository, subjects } = await place(t, {
    'a b/"ü".yaml': manifest('ghcr.io/acme/web:v1'),
  });
  t.is((await target.deploy(orderOf('web', digest(0xabc)), signal)).kind, 'accepted');
  t.is(await file('a b/"ü".yaml'), manifest(`ghcr.io/acme/web@${digest(0xabc)}`));
  t.is((await subjects())[0], 'Deploy web ccccccc (000000000000)');
  const shown = await repository.git('log', '-1', '--format=%an <%ae>, %cn <%ce>%n%(trailers)', 'main');
  t.deepEqual(shown.trim().split('\n'), [
    'headway <headway@example.com>, headway <headway@example.com>',
    `Headway-Image: ghcr.io/acme/web@${digest(0xabc)}`,
  ]);
});

test('createGitTarget() brings 90 services to the branch in a few commits', async t => {
  const names = Array.from({ length: 90 }, (_, index) => `service-${index}`);
  const files = names.map(name => [`${name}.yaml`, `image: ghcr.io/acme/${name}:v1\n`] as const);
  const { target, repository, subjects, signal } = await place(t, Object.fromEntries(files));
  const answers = await Promise.all(names.map(name => target.deploy(orderOf(name, digest(7)), signal)));
  t.deepEqual(new Set(answers.map(({ kind }) => kind)), new Set(['accepted']));
  t.true((await subjects()).length <= 4, (await subjects()).join('\n'));
  const written = (await repository.git('grep', '-h', 'image:', 'main')).trim().split('\n');
  t.deepEqual(written.sort(), names.map(name => `image: ghcr.io/acme/${name}@${digest(7)}`).sort());
  const observed = await Promise.all(names.map(name => target.observe(name, service(name), imageOf(name))));
  t.true(observed.every(each => each.state === 'running' && each.digest === digest(7)));
});

test('createGitTarget() carries out two orders for one image one after the other', async t => {
  const { target, file, subjects, signal } = await place(t, { 'web.yaml': 'image: ghcr.io/acme/web:v1\n' });
  const orders = [1, 2].map(version => target.deploy(orderOf('web', digest(version)), signal));
  t.deepEqual(
    (await Promise.all(orders)).map(({ kind }) => kind),
    ['accepted', 'accepted'],
  );
  t.is(await file('web.yaml'), `image: ghcr.io/acme/web@${digest(2)}\n`);
  t.is((await subjects()).length, 3);
});

const holds = test.macro({
  async exec(t, reference: string, reason: RegExp) {
    const { target, file, signal, subjects } = await place(t, {
      'a/web.yaml': `# first\nimage: ${reference}\n`,
      'b/web.yaml': 'image: ghcr.io/acme/web:v1\n',
    });
    const answer = await target.deploy(orderOf('web', digest(1)), signal);
    t.true(answer.kind === 'held' && reason.test(answer.reason), JSON.stringify(answer));
    t.is(await file('a/web.yaml'), `# first\nimage: ${reference}\n`);
    t.is(await file('b/web.yaml'), `image: ghcr.io/acme/web@${digest(1)}\n`, 'the others are not held');
    const observed = await target.observe('web', service('web'), { ...imageOf('web'), digest: digest(1) });
    t.true(observed.state === 'held' && reason.test(observed.reason), JSON.stringify(observed));
    await target.deploy(orderOf('web', digest(1)), signal);
    t.is((await subjects()).length, 2);
  },
  title: (_, reference) => `createGitTarget() leaves ${reference} alone, and says where it is and why`,
});

test(holds, 'ghcr.io/acme/web:v1-dirty', /^a\/web\.yaml:2 names "ghcr\.io\/acme\/web:v1-dirty": .*-dirty/);
test(holds, `ghcr.io/acme/web@${digest(5)}`, /^a\/web\.yaml:2 names .*: headway did not write this digest$/);
test(holds, 'ghcr.io/acme/web:$(TAG)', /^a\/web\.yaml:2 names .*: another tool fills in a part of it$/);

test('createGitTarget() knows after a restart which digests it wrote itself', async t => {
  const { target, open, file, signal } = await place(t, { 'web.yaml': 'image: ghcr.io/acme/web:v1\n' });
  await target.deploy(orderOf('web', digest(1)), signal);
  const restarted = await open();
  t.deepEqual(await restarted.observe('web', service('web'), imageOf('web')), {
    state: 'running',
    digest: digest(1),
  });
  t.is((await restarted.deploy(orderOf('web', digest(2)), signal)).kind, 'accepted');
  t.is(await file('web.yaml'), `image: ghcr.io/acme/web@${digest(2)}\n`);
});

test('createGitTarget() says which files it looked in when none names the image', async t => {
  const { target, signal } = await place(t, {
    'web.yml': 'image: ghcr.io/acme/web:v1\n',
    'x.yaml': 'image: web\n',
  });
  const answer = await target.deploy(orderOf('web', digest(1)), signal);
  t.true(
    answer.kind === 'failed' && /matches \*\*\/\*\.yaml names image ghcr\.io\/acme\/web;/.test(answer.reason),
  );
  t.deepEqual(await target.observe('web', service('web'), imageOf('web')), { state: 'absent' });
});

test('createGitTarget() says what is missing: the branch, or anything at all', async t => {
  const { open, signal } = await place(t, { 'web.yaml': 'image: ghcr.io/acme/web:v1\n' });
  const empty = (await createGitRepository(t)).path;
  const rows = [
    [await open({ branch: 'release' }), /^Cannot read branch "release" of .*: there is no such branch; push/],
    [await open({ url: empty }), /^Cannot read branch "main" of .*: the repository is empty; push/],
  ] as const;
  for (const [target, reason] of rows) {
    const answer = await target.deploy(orderOf('web', digest(1)), signal);
    t.true(answer.kind === 'failed' && reason.test(answer.reason), JSON.stringify(answer));
    const observed = await target.observe('web', service('web'), imageOf('web'));
    t.true(observed.state === 'unknown' && reason.test(observed.reason), JSON.stringify(observed));
  }
});
