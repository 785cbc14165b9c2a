import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import test, { type ExecutionContext } from 'ava';
import {
  type ContainerBuilderOptions,
  createContainerBuilder,
} from '../../shared/adapters/builders/container/builder.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { BuildFailure, type BuildOrder } from '../../shared/ports/builder.ts';
import { buildContext } from '../helpers/build-context.ts';
import { openDockerContainers } from '../helpers/docker-containers.ts';
import { imageContents } from '../helpers/image-contents.ts';

const SCRIPT = await readFile(new URL('../fixtures/builders/make-image.sh', import.meta.url), 'utf8');
const make = (what: string) => ['sh', '-c', SCRIPT, 'make-image', what];
const run = (script: string) => ['sh', '-c', script];

const makes = test.macro(async (t, what: string, result: string | undefined) => {
  const bench = await open(t);
  if (bench === undefined) return;
  const builder = bench.create({ command: make(what), result, network: 'host' });
  const checked: string[] = [];
  const order = await bench.order({ args: { WHO: 'me' }, check: async image => void checked.push(image) });
  const { digest } = await builder.build(order, bench.progress, SOON());
  const found = await imageContents(bench.store, order.image);
  t.is(found.digest, digest);
  t.deepEqual(
    found.layers.flat().map(({ path, content }) => [path, content]),
    [['hello.txt', 'hello\n']],
  );
  t.deepEqual(found.config.config['Env'], ['WHO=me']);
  t.deepEqual(checked, [`${order.image.registry}/${order.image.repository}@${digest}`]);
  t.is(await bench.count(''), 0);
});
test('the container builder pushes the OCI layout that the command left', makes, 'layout', '/tmp/made');
test('the container builder pushes an archive of an OCI layout', makes, 'archive', '/tmp/image.tar');
test('the container builder pushes what docker save writes', makes, 'saved', '/tmp/image.tar');
test('the container builder takes what the command pushed by itself', makes, 'push', undefined);

test('the container builder takes the same image pushed again', async t => {
  const bench = await open(t);
  if (bench === undefined) return;
  const order = await bench.order();
  const build = (environment: Record<string, string>) =>
    bench
      .create({ command: make('push'), environment, network: 'host' })
      .build(order, bench.progress, SOON());
  const first = await build({});
  t.deepEqual(await build({}), first);
  t.deepEqual(await build({ TELL: 'yes' }), first);
});

test('the container builder tells the command of the order, keeps secrets out of the log, and puts the source in', async t => {
  const bench = await open(t);
  if (bench === undefined) return;
  const script = `
    pwd; cat hello.txt; touch written; ./run
    echo "$HEADWAY_IMAGE"; echo "$HEADWAY_ARG_WHO $GREETING $SOURCE_DATE_EPOCH $HEADWAY_DOCKERFILE"
    echo "token $(cat /run/secrets/TOKEN)"; cat "$HEADWAY_LABELS"; grep -c auths "$DOCKER_CONFIG/config.json"
    exit 3`;
  const builder = bench.create({ command: run(script), environment: { GREETING: 'hello' } });
  const order = await bench.order({
    args: { WHO: 'me' },
    labels: { commit: 'c0ffee' },
    secrets: { TOKEN: 's3cret-token' },
  });
  const failure = await t.throwsAsync(builder.build(order, bench.progress, SOON()), {
    instanceOf: BuildFailure,
  });
  t.deepEqual(bench.lines.slice(1), [
    '/source',
    'hello',
    'it runs',
    `${order.image.registry}/${order.image.repository}:c0ffee`,
    'me hello 1893456000 Dockerfile',
    'token ***',
    'commit=c0ffee',
    '1',
  ]);
  t.regex(bench.lines[0] ?? '', /^Building with \S+@sha256:[0-9a-f]{64}$/);
  t.regex(failure.message, /^Cannot build "\S+": "sh" exited with 3\n.*\ntoken \*\*\*\ncommit=c0ffee\n1$/s);
  t.is(await bench.store.manifest(order.image), undefined);
});

const fails = test.macro(
  async (t, command: readonly string[], result: string | undefined, message: RegExp) => {
    const bench = await open(t);
    if (bench === undefined) return;
    const order = await bench.order({ limits: { memory: '32m' } });
    await t.throwsAsync(bench.create({ command, result }).build(order, bench.progress, SOON()), {
      instanceOf: BuildFailure,
      message,
    });
    t.is(await bench.store.manifest(order.image), undefined);
  },
);
const BIG = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=200M'];
const TWO = 'mkdir /made && printf \'{"manifests":[]}\' > /made/index.json';
test('the container builder fails: no program', fails, ['/no/such'], undefined, /^Cannot run "\/no\/such"/);
test(
  'the container builder fails: nothing pushed',
  fails,
  ['true'],
  undefined,
  /"true" ended well, but pushed nothing/,
);
test(
  'the container builder fails: no result',
  fails,
  ['true'],
  '/made',
  /"true" ended well, but left nothing at "\/made"/,
);
test(
  'the container builder fails: no archive',
  fails,
  run('echo no > /made'),
  '/made',
  /it is no tar archive/,
);
test('the container builder fails: no image', fails, run(TWO), '/made', /expected one image, found 0/);
test(
  'the container builder fails: other files',
  fails,
  run('mkdir /made; date > /made/a'),
  '/made',
  /neither .* OCI layout/,
);
test(
  'the container builder fails: too little memory',
  fails,
  BIG,
  undefined,
  /(ran out|want) of memory[;,] raise the image's limits/,
);

test('exit code 75 of a builder may pass by itself', async t => {
  const bench = await open(t);
  if (bench === undefined) return;
  const asked = bench.create({ command: run('exit 75') }).build(await bench.order(), bench.progress, SOON());
  t.false((await t.throwsAsync(asked, { message: /exited with 75/ })) instanceof BuildFailure);
});

test('the container builder stops when told to, and leaves no container', async t => {
  const bench = await open(t);
  if (bench === undefined) return;
  const stop = new AbortController();
  const reason = new Error('superseded');
  const progress = { output: (line: string) => line === 'begun' && stop.abort(reason), progress() {} };
  const builder = bench.create({ command: run('echo begun; sleep 600') });
  t.is(await t.throwsAsync(builder.build(await bench.order(), progress, stop.signal)), reason);
  t.is(await bench.count(''), 0);
});

const SOON = () => AbortSignal.timeout(100_000);

async function open(t: ExecutionContext) {
  const place = await openDockerContainers(t);
  if (place === undefined) {
    t.pass();
    return undefined;
  }
  const credentials = async () => undefined;
  const store = createRegistryClient({ credentials, insecure: () => true });
  const lines: string[] = [];
  const usual: ContainerBuilderOptions = {
    containers: place.containers,
    image: place.image,
    command: [],
    environment: {},
    source: '/source',
    redact: secrets => text => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text),
    credentials,
    registry: store,
    store,
    temporary: tmpdir(),
  };
  return {
    ...place,
    store,
    lines,
    progress: { output: (line: string) => lines.push(line), progress() {} },
    create: (other: Partial<ContainerBuilderOptions>) => createContainerBuilder({ ...usual, ...other }),
    async order(rest: Partial<BuildOrder> = {}): Promise<BuildOrder> {
      const run = { program: '#!/bin/sh\necho it runs\n' };
      const context = await buildContext(t, { 'hello.txt': 'hello\n', run });
      const image = { registry: place.registry, repository: `test/${randomUUID()}`, tag: 'c0ffee' };
      const epoch = Date.parse('2030-01-01T00:00:00Z');
      return { image, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch, ...rest };
    },
  };
}
