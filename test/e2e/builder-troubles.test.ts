import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { createLayersBuilder } from '../../shared/adapters/builders/layers/builder.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { BuildFailure, type BuildOrder } from '../../shared/ports/builder.ts';
import { buildContext } from '../helpers/build-context.ts';
import { type DockerBuildBench, dockerBuildBench } from '../helpers/docker-build-bench.ts';
import { need } from '../helpers/need.ts';
import { smallDisk, smallDiskEngine } from '../helpers/small-disk.ts';

/** Nothing that happened keeps the same builder from the next build. */
async function buildsAfterwards(t: ExecutionContext, bench: DockerBuildBench): Promise<void> {
  await t.notThrowsAsync(bench.build(await bench.order(`FROM ${bench.base}\nRUN echo ${randomUUID()}\n`)));
}

/** Containers of builds whose command has these words. */
async function containersOf(bench: DockerBuildBench, words: string) {
  const docker = await bench.engine.client();
  const all = await docker.listContainers({ all: true });
  return all.filter(({ Command }) => Command.includes(words)).map(({ Id }) => docker.getContainer(Id));
}

/** Output that calls for something once a line is there. */
const atLine = (wanted: string, act: () => void) => ({
  output: (line: string) => line === wanted && act(),
  progress() {},
});

test('a Dockerfile that does not parse fails the build with its line', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const order = await bench.order(`FROM ${bench.base}\nRUN true\nRUNN make\n`);
  const failure = await t.throwsAsync(bench.build(order), { instanceOf: BuildFailure });
  t.regex(failure.message, /^Cannot build "\S+": dockerfile parse error line 3: unknown instruction: RUNN$/m);
  await buildsAfterwards(t, bench);
});

test('a command that hangs is ended at its deadline, in the engine too', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const mark = randomUUID();
  const deadline = new AbortController();
  const over = new DOMException('no end within 30m', 'TimeoutError');
  const order = await bench.order(`FROM ${bench.base}\nRUN echo hanging; sleep 6000; echo ${mark}\n`);
  const progress = atLine('hanging', () => deadline.abort(over));
  t.is(await t.throwsAsync(bench.builder.build(order, progress, deadline.signal), { any: true }), over);
  while ((await containersOf(bench, mark)).length > 0);
  await buildsAfterwards(t, bench);
});

test.serial(
  'a command that prints 1 GB costs less than 300 MB of memory, and its failure comes with the last lines',
  async t => {
    t.timeout(570_000);
    const bench = dockerBuildBench(t);
    if (bench === undefined) return;
    const noise = `yes ${'a line of output, as commands print them, '.repeat(2)} | head -c 1000000000`;
    const order = await bench.order(`FROM ${bench.base}\nRUN ${noise}; echo; echo no such target; exit 2\n`);
    const before = process.memoryUsage.rss();
    let most = 0;
    let printed = 0;
    let lines = 0;
    const output = (line: string) => {
      printed += line.length + 1;
      // Asking the system is slow beside a line.
      if (++lines % 10_000 === 0) most = Math.max(most, process.memoryUsage.rss());
    };
    const signal = AbortSignal.timeout(540_000);
    const building = bench.builder.build(order, { output, progress() {} }, signal);
    const failure = await t.throwsAsync(building, { instanceOf: BuildFailure });
    t.true(printed > 1_000_000_000);
    t.true(most - before < 300 * 2 ** 20, `grew by ${Math.round((most - before) / 2 ** 20)} MB`);
    t.true(failure.message.length < 10_000);
    t.regex(failure.message, /returned a non-zero code: 2\n[\s\S]*\nno such target\n/);
    await buildsAfterwards(t, bench);
  },
);

test('a line that never ends costs no memory either', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const order = await bench.order(
    `FROM ${bench.base}\nRUN head -c 50000000 /dev/zero | tr '\\0' x; echo; exit 2\n`,
  );
  const failure = await t.throwsAsync(bench.build(order), { instanceOf: BuildFailure });
  t.true(failure.message.length < 10_000);
  await buildsAfterwards(t, bench);
});

/** An engine with a small disk, whose network leads to no registry: a build has come to its end when it is checked. */
async function smallDiskBench(t: ExecutionContext) {
  const base = need('LAB_BASE_IMAGE');
  const engine = base === undefined ? undefined : await smallDiskEngine(t, { megabytes: 64, image: base });
  const bench = engine && dockerBuildBench(t, engine);
  if (bench === undefined) {
    t.pass();
    return undefined;
  }
  const done = new Error('built');
  const check = () => Promise.reject(done);
  return {
    bench,
    check,
    async buildsAfterwards() {
      const order = await bench.order(`FROM ${bench.base}\nRUN head -c 20000000 /dev/zero > /most\n`, {
        check,
      });
      t.is(await t.throwsAsync(bench.build(order)), done);
    },
  };
}

test('a command that fills the disk of the engine fails the build, and gives it back', async t => {
  const small = await smallDiskBench(t);
  if (small === undefined) return;
  const { bench, check } = small;
  const order = await bench.order(`FROM ${bench.base}\nRUN dd if=/dev/zero of=/full bs=1M\n`, { check });
  const failure = await t.throwsAsync(bench.build(order), { instanceOf: BuildFailure });
  t.regex(failure.message, /returned a non-zero code: 1\n[\s\S]*No space left on device/);
  await small.buildsAfterwards();
});

test('a context that fills the disk of the engine is what may pass by itself', async t => {
  const small = await smallDiskBench(t);
  if (small === undefined) return;
  const { bench, check } = small;
  const files = { Dockerfile: 'FROM scratch\nCOPY large /\n', large: Buffer.alloc(80_000_000, 'x') };
  const error = await t.throwsAsync(bench.build(await bench.order(files, { check })));
  t.false(error instanceof BuildFailure);
  t.regex(error.message, /no space left on device/);
  await small.buildsAfterwards();
});

test('a container of a build that somebody kills fails the build, which says so', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const mark = randomUUID();
  const order = await bench.order(`FROM ${bench.base}\nRUN echo waiting; sleep 600; echo ${mark}\n`);
  const kill = async () => {
    for (const container of await containersOf(bench, mark)) await container.kill();
  };
  const progress = atLine('waiting', () => void kill());
  const failure = await t.throwsAsync(bench.builder.build(order, progress, AbortSignal.timeout(60_000)), {
    instanceOf: BuildFailure,
  });
  t.regex(failure.message, /returned a non-zero code: 137 \(it was killed\)$/m);
  t.deepEqual(await containersOf(bench, mark), []);
  await buildsAfterwards(t, bench);
});

const DENIED: RequestListener = (_, response) => {
  response.writeHead(403, { 'content-type': 'application/json' });
  response.end('{"errors":[{"code":"DENIED","message":"quota of acme is used up"}]}');
};
const PLAIN: RequestListener = (_, response) => void response.writeHead(403).end('forbidden here');
const TOO_LARGE: RequestListener = (_, response) => void response.writeHead(413).end('too large');
const BROKEN: RequestListener = (_, response) => void response.writeHead(500).end();

for (const [claim, answer, message] of [
  ['denies layers', DENIED, /quota of acme is used up|denied/],
  ['forbids layers without its reasons', PLAIN, /403|forbidden/i],
  ['takes no large layers', TOO_LARGE, /413|too large/i],
] as const) {
  test(`a registry that ${claim} in the middle of a push fails the build of either builder`, async t => {
    const bench = dockerBuildBench(t);
    if (bench === undefined) return;
    const registry = await refusingRegistry(t, answer);
    const order = await bench.order('FROM scratch\nCOPY Dockerfile /\n');
    const image = { ...order.image, registry };
    const failure = await t.throwsAsync(bench.build({ ...order, image, prune: true }), {
      instanceOf: BuildFailure,
    });
    t.regex(failure.message, /^Cannot push "127\.0\.0\.1:\d+\/test\//);
    t.regex(failure.message, message);
    await buildsAfterwards(t, bench);

    const { builder } = layers();
    const error = await t.throwsAsync(buildWith(builder, { ...order, image }), { instanceOf: BuildFailure });
    t.regex(error.message, message);
    await t.notThrowsAsync(buildWith(builder, order));
  });
}

test('a registry that breaks while it is pushed to holds a build no longer than its deadline', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const deadline = new AbortController();
  const over = new DOMException('no end within 30m', 'TimeoutError');
  const asked = Promise.withResolvers<void>();
  const registry = await refusingRegistry(t, (request, response) => {
    BROKEN(request, response);
    asked.resolve();
  });
  const order = await bench.order('FROM scratch\nCOPY Dockerfile /\n');
  const building = bench.builder.build(
    { ...order, image: { ...order.image, registry } },
    { output() {}, progress() {} },
    deadline.signal,
  );
  asked.promise.then(() => deadline.abort(over));
  t.is(await t.throwsAsync(building, { any: true }), over);
  await (await bench.engine.client()).getImage(`${registry}/${order.image.repository}:c0ffee`).remove();
  await buildsAfterwards(t, bench);
});

test('the layers builder gives a full disk back, and takes it for what may pass by itself', async t => {
  const registry = need('LAB_REGISTRY');
  const temporary = await smallDisk(t, 1);
  if (registry === undefined || temporary === undefined) {
    t.pass();
    return;
  }
  const { builder } = layers(temporary);
  const noise = randomBytes(3_000_000);
  const order = async (content: Buffer): Promise<BuildOrder> => ({
    image: { registry, repository: `test/${randomUUID()}`, tag: 'c0ffee' },
    context: await buildContext(t, { Dockerfile: 'FROM scratch\nCOPY noise /\n', noise: content }),
    dockerfile: 'Dockerfile',
    args: {},
    labels: {},
    epoch: 0,
  });
  const error = await t.throwsAsync(buildWith(builder, await order(noise)));
  t.false(error instanceof BuildFailure);
  t.regex(error.message, /no space left on device/);
  await t.notThrowsAsync(buildWith(builder, await order(noise.subarray(0, 1_000))));
});

function layers(temporary?: string) {
  const store = createRegistryClient({ credentials: async () => undefined });
  return { builder: createLayersBuilder({ store, ...(temporary !== undefined && { temporary }) }) };
}

function buildWith(builder: ReturnType<typeof layers>['builder'], order: BuildOrder) {
  return builder.build(order, { output() {}, progress() {} }, AbortSignal.timeout(60_000));
}

/** A registry that is one until a layer is brought to it. */
async function refusingRegistry(t: ExecutionContext, refuse: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === 'POST') return refuse(request, response);
    const isRoot = request.url === '/v2/';
    response.writeHead(isRoot ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
