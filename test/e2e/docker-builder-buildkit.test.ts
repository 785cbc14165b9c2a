import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { createDockerBuilder } from '../../shared/adapters/builders/docker/builder.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { dockerBuildBench } from '../helpers/docker-build-bench.ts';
import { guardRegistry } from '../helpers/guarded-registry.ts';
import { imageContents } from '../helpers/image-contents.ts';

const store = createRegistryClient({ credentials: async () => undefined });

test('a secret is there for the steps that mount it, for as long as they take, and nowhere in what is pushed', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const secret = `open-${randomUUID()}`;
  const Dockerfile = [
    `FROM ${bench.base}`,
    // A secret is not what a cache is told apart by.
    `RUN echo ${randomUUID()}`,
    // Longer than the engine waits before it asks whether we are still there.
    'RUN --mount=type=secret,id=TOKEN sleep 3 && sha256sum < /run/secrets/TOKEN > /sum',
    'RUN test ! -s /run/secrets/TOKEN && cat /sum',
  ].join('\n');
  const order = await bench.order(Dockerfile, { secrets: { TOKEN: secret } });
  const { digest, output } = await bench.build(order);
  const sum = createHash('sha256').update(secret).digest('hex');
  t.true(output.includes(sum), output);
  const contents = await imageContents(store, order.image);
  t.is(contents.digest, digest);
  t.false(JSON.stringify([contents, output]).includes(secret));
  t.true(contents.layers.flat().some(({ path, content }) => path === 'sum' && content.startsWith(sum)));
});

test('what a Dockerfile asks of BuildKit is built, and its cache is reused until an order wants none', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const mark = randomUUID();
  const Dockerfile = `FROM ${bench.base}\nRUN --mount=type=cache,target=/kept echo ${mark} | tee /made\n`;
  const first = await bench.build(await bench.order(Dockerfile));
  t.regex(first.output, /^BuildKit, for --mount of RUN in line 2$/m);
  const ran = new RegExp(`^#\\d+ ${mark}$`, 'm');
  t.regex(first.output, ran);
  const again = await bench.build(await bench.order(Dockerfile, { cacheFrom: [bench.image()] }));
  t.notRegex(again.output, ran);
  t.regex(again.output, /importing cache manifest from \S+:c0ffee$/m);
  t.is(again.digest, first.digest);
  const none = await bench.build(await bench.order(Dockerfile, { cacheFrom: [] }));
  t.regex(none.output, ran);
});

test('a command that fails under BuildKit fails the build with its last lines', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const order = await bench.order(
    `FROM ${bench.base}\nRUN --mount=type=tmpfs,target=/x printf 'connection refused\\nopen end' >&2; exit 3\n`,
  );
  const failure = await t.throwsAsync(bench.build(order), { instanceOf: BuildFailure });
  t.regex(failure.message, /^Cannot build "\S+": .*exit code: 3\n/);
  t.regex(failure.message, /^#\d+ connection refused\n#\d+ open end$/m);
});

test('a secret that nobody gave is named', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const Dockerfile = `FROM ${bench.base}\nRUN --mount=type=secret,id=OTHER,required=true true\n`;
  const order = await bench.order(Dockerfile, { secrets: { TOKEN: 'x' } });
  const failure = await t.throwsAsync(bench.build(order), { instanceOf: BuildFailure });
  t.regex(failure.message, /secret OTHER not found/);
});

test('a base behind a login is pulled with it', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const base = await bench.build(await bench.order(`FROM ${bench.base}\nRUN echo ${randomUUID()} > /base\n`));
  const login = { username: 'me', password: randomUUID() };
  const guarded = await guardRegistry(t, bench.registry, login);
  const credentials = async (host: string) => (host === guarded ? login : undefined);
  const { engine, image } = bench;
  const from = formatImageReference({ ...image('base'), registry: guarded, digest: base.digest });
  const order = await bench.order(
    `FROM ${from.replace(':base@', '@')}\nRUN --mount=type=tmpfs,target=/x cat /base\n`,
  );
  await t.throwsAsync(bench.build(order), { message: /401|unauthorized|authorization failed/i });
  const progress = { output() {}, progress() {} };
  const built = await createDockerBuilder({ engine, credentials }).build(
    order,
    progress,
    AbortSignal.timeout(60_000),
  );
  t.is((await store.manifest(order.image))?.digest, built.digest);
});

test('a build of BuildKit that is aborted ends at once, in the engine too', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const mark = randomUUID();
  const order = await bench.order(
    `FROM ${bench.base}\nRUN --mount=type=tmpfs,target=/x echo begun && sleep 600 && echo ${mark}\n`,
  );
  const abort = new AbortController();
  const reason = new Error('enough');
  const output = (line: string) => line.endsWith(' begun') && abort.abort(reason);
  const { builder, image } = bench;
  t.is(await t.throwsAsync(builder.build(order, { output, progress() {} }, abort.signal)), reason);
  t.is(await store.manifest(image()), undefined);
  // Nobody can see the processes of an engine elsewhere.
  while (bench.engine.address.startsWith('unix:') && (await isRunning(mark))) await setTimeout(100);
});

async function isRunning(mark: string): Promise<boolean> {
  const ids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map(id => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return lines.some(line => line.includes(mark));
}

test('limits, which BuildKit has not, are refused rather than left out', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const order = await bench.order(`FROM ${bench.base}\n`, {
    secrets: { TOKEN: 's3cret' },
    limits: { memory: '64m' },
  });
  const failure = await t.throwsAsync(bench.build(order), { instanceOf: BuildFailure });
  t.regex(failure.message, /secrets \(TOKEN\) .*BuildKit knows no limits; give this image a builder/);
  t.notRegex(failure.message, /s3cret/);
});
