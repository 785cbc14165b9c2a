import test, { type ExecutionContext } from 'ava';
import { createInProcessHints } from '../../shared/adapters/hints/in-process.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { secretPlaces } from '../../shared/domain/configuration/secret-places.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { BuildFailure, type BuildOrder, type Workshop } from '../../shared/ports/builder.ts';
import { createRecords } from '../../shared/records/records.ts';
import { createBuilders } from '../../shared/wiring/builders.ts';
import { createWorkings } from '../../shared/wiring/workings.ts';
import { buildContext } from '../helpers/build-context.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';
import { silentLog as log } from '../helpers/silent-log.ts';
import { startSmallEngine } from '../helpers/small-engine.ts';

/** The builders of a configuration, with an embedded registry and no Docker engine. */
async function place(t: ExecutionContext, builders: Readonly<Record<string, object>>) {
  const [folder, registry] = [await temporaryFolder(t), await serveRegistry(t)];
  const configuration = ConfigurationShape.parse({ builders });
  const its = createWorkings(
    {
      configuration,
      secret: reference => (reference === 'env://KEY' ? 'open-sesame' : ''),
      redact: text => text,
      environment: { PATH: process.env['PATH'], DOCKER_HOST: 'unix:///nowhere/docker.sock' },
      log,
      show: () => {},
    },
    {
      records: createRecords(createMemoryDocuments()),
      hints: createInProcessHints({ log }),
      clock: { now: () => 0 },
      folders: { repos: folder, manifests: folder },
    },
  );
  const order = async (tag: string): Promise<BuildOrder> => ({
    image: { registry, repository: 'acme/web', tag },
    context: await buildContext(t, { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' }),
    dockerfile: 'Dockerfile',
    args: {},
    labels: {},
    epoch: 0,
  });
  return { builders: createBuilders(its), its, order, folder, configuration };
}

const signal = () => AbortSignal.timeout(60_000);

/** Takes a place, builds, and leaves it. */
async function build(workshop: Workshop, order: BuildOrder, output: (line: string) => void = () => {}) {
  const taken = workshop.take();
  if (taken === undefined) throw new Error('all places are taken');
  try {
    return await taken.builder.build(order, { output, progress() {} }, signal());
  } finally {
    taken.leave();
  }
}

test('createBuilders() takes layers for auto where no engine answers, and says so for docker', async t => {
  const { builders, order } = await place(t, {});
  const builder = await builders('auto');
  t.is(builder.name, 'layers');
  await t.notThrowsAsync(build(builder, await order('1')));
  await t.throwsAsync(builders('docker'), {
    instanceOf: BuildFailure,
    message: /^Cannot reach Docker at unix/,
  });
});

test('createBuilders() makes each builder once, under its own name, and knows no others', async t => {
  const { builders } = await place(t, {
    small: { kind: 'layers', concurrency: 1 },
    far: { kind: 'docker', host: 'tcp://127.0.0.1:1' },
    wrong: { kind: 'docker', host: 'ssh://nowhere' },
  });
  t.is(await builders('small'), await builders('small'));
  t.is((await builders('far')).name, 'far');
  await t.throwsAsync(builders('wrong'), { instanceOf: PermanentError, message: /expected unix/ });
  await t.throwsAsync(builders('none-such'), {
    instanceOf: PermanentError,
    message: /no builder of the configuration/,
  });
});

test('createBuilders() runs what an engine built on that engine, or where the builder says', async t => {
  const engine = await startSmallEngine(t, ({ path }) => ({
    status: 500,
    lines: [{ message: `asked ${path}` }],
  }));
  const cloud = { kind: 'cloud-build', project: 'acme', bucket: 'sources' };
  const { builders } = await place(t, {
    big: { kind: 'docker', host: engine.host },
    maker: { kind: 'container', host: engine.host, image: 'builder', command: ['make'] },
    cloud: { ...cloud, tests: 'big' },
    near: { ...cloud, tests: 'docker' },
    make: { kind: 'command', command: ['make'] },
  });
  const order = { image: 'web', command: ['true'], timeout: 1_000 };
  for (const name of ['big', 'maker', 'cloud']) {
    const containers = await (await builders(name)).containers?.();
    const error = await t.throwsAsync(
      async () => containers?.run(order, () => {}, signal()),
      undefined,
      name,
    );
    t.true(error?.message.includes(`Docker at ${engine.host}`), error?.message);
  }
  await t.throwsAsync(async () => (await builders('near')).containers?.(), {
    instanceOf: BuildFailure,
    message:
      /^Cannot run images to test them: Cannot reach Docker at unix:.*kind docker, container or kubernetes/,
  });
  t.is((await builders('make')).containers, undefined);
  t.is((await builders('layers')).containers, undefined);
});

test('createBuilders() shares the places of a builder between its name and its pools', async t => {
  const { builders, order } = await place(t, {
    small: { kind: 'layers', concurrency: 1 },
    all: { kind: 'pool', of: ['small'] },
  });
  const reached = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const check = () => {
    reached.resolve();
    return done.promise;
  };
  const pool = await builders('all');
  const first = build(pool, { ...(await order('1')), check });
  await reached.promise;
  const small = await builders('small');
  t.deepEqual([small.take(), pool.take()], [undefined, undefined]);
  done.resolve();
  await first;
  await t.notThrowsAsync(build(small, await order('2')));
});

test('createBuilders() goes on with another builder of a pool for a minute when one cannot be reached', async t => {
  const { builders, order } = await place(t, {
    far: { kind: 'docker', host: 'tcp://127.0.0.1:1' },
    near: { kind: 'layers' },
    all: { kind: 'pool', of: ['far', 'near'] },
  });
  const pool = await builders('all');
  const error = await t.throwsAsync(build(pool, await order('1')), {
    message: /^Cannot reach Docker at tcp:/,
  });
  t.false(error instanceof BuildFailure);
  await t.notThrowsAsync(build(pool, await order('1')));
});

test('createBuilders() gives programs their secrets, and shows nobody what they are', async t => {
  const settings = {
    kind: 'command',
    command: ['sh', '-c', 'echo "$REGION with $KEY"; exit 1'],
    environment: { KEY: 'env://KEY', REGION: 'eu' },
  };
  const { builders, order, configuration } = await place(t, { make: settings });
  t.deepEqual(
    secretPlaces(configuration).map(({ path }) => path.join('.')),
    ['builders.make.environment.KEY'],
  );
  const lines: string[] = [];
  const builder = await builders('make');
  const building = build(builder, await order('1'), line => lines.push(line));
  await t.throwsAsync(building, {
    instanceOf: BuildFailure,
    message: /exited with 1; it said: eu with \*\*\*$/,
  });
  t.deepEqual(lines, ['eu with ***']);
});

test('secretPlaces() knows the secrets of images', t => {
  const configuration = ConfigurationShape.parse({
    images: { web: { repository: 'ghcr.io/acme/web', builder: 'none', secrets: { TOKEN: 'env://TOKEN' } } },
  });
  t.deepEqual(secretPlaces(configuration), [
    { path: ['images', 'web', 'secrets', 'TOKEN'], reference: 'env://TOKEN' },
  ]);
});
