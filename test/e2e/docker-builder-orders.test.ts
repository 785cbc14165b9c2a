import { randomUUID } from 'node:crypto';
import test from 'ava';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { dockerBuildBench } from '../helpers/docker-build-bench.ts';

const cached = (output: string) => output.split('\n').filter(line => line === ' ---> Using cache').length;

test('the docker builder has an image checked that runs, under the name that the engine knows', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const docker = await bench.engine.client();
  let status: number | undefined;
  const check = async (image: string) => {
    const container = await docker.createContainer({ Image: image, Cmd: ['test', '-e', '/made'] });
    await container.start();
    status = (await container.wait()).StatusCode;
    await container.remove();
  };
  await bench.build(await bench.order(`FROM ${bench.base}\nRUN touch /made\n`, { check }));
  t.is(status, 0);
});

test('the docker builder takes layers from the registry that the engine has not, and its own too (DH-9)', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const Dockerfile = `FROM ${bench.base}\nRUN echo ${randomUUID()} > /one\nRUN echo two > /two\nCOPY three /\n`;
  const stable = bench.image('stable');
  await bench.build(await bench.order({ Dockerfile, three: '1' }, { image: stable, prune: true }));
  t.false(await bench.has(formatImageReference(stable)), 'the engine has forgotten it');

  const missing = bench.image('missing');
  const order = await bench.order({ Dockerfile, three: '2' }, { cacheFrom: [missing, stable] });
  const { output } = await bench.build(order);
  t.is(cached(output), 2, output);
  t.regex(output, /^No layers of \S+:missing are reused: Cannot pull .*$/m);

  const own = await bench.build(await bench.order({ Dockerfile, three: '2' }, { cacheFrom: [stable] }));
  t.is(cached(own.output), 3, own.output);
  const none = await bench.build(await bench.order({ Dockerfile, three: '2' }, { cacheFrom: [] }));
  t.is(cached(none.output), 0, 'an empty list is none at all');
});

test('the docker builder finds the steps that a build took before it failed, with caches of the registry too', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const start = `FROM ${bench.base}\nRUN echo ${randomUUID()} > /one\n`;
  const stable = bench.image('stable');
  await bench.build(await bench.order(start, { image: stable }));
  const begun = `${start}RUN echo two > /two\nRUN echo three > /three\n`;
  const more = { cacheFrom: [stable] };
  await t.throwsAsync(async () => bench.build(await bench.order(`${begun}RUN exit 1\n`, more)));
  const { output } = await bench.build(await bench.order(begun, more));
  t.is(cached(output), 3, output);
});

test('the docker builder gives each container of a build no more than its limits', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const limits = { memory: '48m', cpus: 0.5 };
  const look =
    'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null';
  const newer = 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max';
  const { output } = await bench.build(
    await bench.order(`FROM ${bench.base}\nRUN ${look} || ${newer}\n`, { limits }),
  );
  t.regex(output, /^50331648\n50000\b/m);

  const greedy = `FROM ${bench.base}\nRUN exec tail -c 190m /dev/zero\n`;
  const failure = await t.throwsAsync(bench.build(await bench.order(greedy, { limits })), {
    instanceOf: BuildFailure,
  });
  t.regex(
    failure.message,
    /returned a non-zero code: 137 \(it was killed, for its memory if it needs more than 48m\)$/m,
  );
});

test('the docker builder forgets an image with all that only it needed, tells how much that was, and leaves the rest', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const mark = randomUUID();
  const shared = `FROM ${bench.base}\nRUN echo ${mark} && head -c 3000000 /dev/urandom > /shared\n`;
  const other = bench.image('other');
  await bench.build(await bench.order(shared, { image: other }));
  const stages = `FROM ${bench.base} AS made\nRUN echo ${mark} && head -c 2000000 /dev/urandom > /made\n${shared}RUN head -c 1000000 /dev/urandom > /own\nCOPY --from=made /made /\n`;
  const { output } = await bench.build(await bench.order(stages, { prune: true }));
  t.regex(output, /^Forgot \S+ and its layers in the engine: 5000000 bytes freed$/m);
  const known = (await (await bench.engine.client()).listImages({ all: true })).map(({ Id }) => Id);
  const steps = [...output.matchAll(/^ ---> ([0-9a-f]{12})$/gm)].map(([, id]) => `sha256:${id}`);
  const left = new Set(steps.filter(step => known.some(id => id.startsWith(step))));
  t.is(left.size, 2, 'the base, and what the other image stands on');
  t.true(await bench.has(bench.base));
  t.true(await bench.has(formatImageReference(other)));
  t.is(cached((await bench.build(await bench.order(shared, { image: other }))).output), 1);
});

test('builds that share their layers do not break one another, though each has them forgotten at its end', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const mark = randomUUID();
  const rounds = [0, 1, 2, 3];
  const builder = async (worker: number) => {
    for (const round of rounds) {
      const Dockerfile = `FROM ${bench.base}\nRUN echo ${mark} ${round}\nRUN echo more\n`;
      const image = bench.image(`w${worker}r${round}`);
      await bench.build(await bench.order(Dockerfile, { image, prune: worker % 2 === 0 }));
    }
  };
  await t.notThrowsAsync(Promise.all([0, 1, 2, 3, 4, 5].map(builder)));
});

test('the docker builder forgets what failed its check for good, and keeps what may pass', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const name = formatImageReference(bench.image());
  const Dockerfile = `FROM ${bench.base}\nRUN echo ${randomUUID()}\n`;
  const failing = (error: Error) =>
    bench.order(Dockerfile, { prune: true, check: () => Promise.reject(error) });
  await t.throwsAsync(bench.build(await failing(new Error('no engine'))));
  t.true(await bench.has(name));
  await t.throwsAsync(bench.build(await failing(new BuildFailure('it does not start'))));
  t.false(await bench.has(name));
});

test('the docker builder does not force what is in use, and the build succeeds', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const docker = await bench.engine.client();
  const check = async (image: string) => {
    const { id } = await docker.createContainer({ Image: image, Cmd: ['true'] });
    t.teardown(() => docker.getContainer(id).remove());
  };
  const order = await bench.order(`FROM ${bench.base}\nRUN echo ${randomUUID()}\n`, { prune: true, check });
  const { output } = await bench.build(order);
  t.regex(output, / 0 bytes freed$/m);
  t.true(await bench.has(formatImageReference(order.image)));
});

test('the docker builder refuses what came out for another platform than was asked for', async t => {
  const bench = dockerBuildBench(t);
  if (bench === undefined) return;
  const platform = 'linux/s390x';
  const order = await bench.order(`FROM ${bench.base}\nLABEL a=b\n`, { platform });
  const failure = await t.throwsAsync(bench.build(order), { instanceOf: BuildFailure });
  t.regex(failure.message, /^Cannot build "\S+" for linux\/s390x: its base \S+ is for linux\/\w+; /);
  // The older builder, which knows limits, takes what it is given.
  const limited = t.throwsAsync(bench.build({ ...order, limits: { memory: '64m' } }));
  t.regex((await limited).message, / it came out for linux\/\w+, as its base is; /);
  const scratch = await bench.order('FROM scratch\nCOPY Dockerfile /\n', { platform });
  await bench.build(scratch);
  const { Architecture } = await (await bench.engine.client())
    .getImage(formatImageReference(scratch.image))
    .inspect();
  t.is(Architecture, 's390x');
});
