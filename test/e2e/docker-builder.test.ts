import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createDockerBuilder } from '../../shared/adapters/builders/docker/builder.ts';
import { connectDocker, type DockerEngine } from '../../shared/adapters/docker/engine.ts';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import { BuildFailure, type BuildOrder } from '../../shared/ports/builder.ts';
import { dockerLab } from '../helpers/docker-lab.ts';
import { need } from '../helpers/need.ts';

type Bench = Awaited<ReturnType<typeof open>>;

test('the docker builder builds, pushes, tells the digest, and counts steps and bytes', async t => {
  await withBench(
    t,
    { Dockerfile: 'FROM scratch\nARG WHO\nLABEL who=$WHO\nCOPY big /big\n', big: randomBytes(2 ** 20) },
    async bench => {
      const seen: string[] = [];
      const steps: [string, number, number][] = [];
      const progress = {
        output: (line: string) => seen.push(line),
        progress: (...step: [string, number, number]) => steps.push(step),
      };
      const order = { ...bench.order, args: { WHO: 'me' }, labels: { 'dev.headway.commit': 'c0ffee' } };
      const { digest } = await bench.builder.build(order, progress, AbortSignal.timeout(60_000));

      const { repository, tag } = bench.order.image;
      const answer = await fetch(`http://${bench.registry}/v2/${repository}/manifests/${tag}`, {
        headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
      });
      t.is(answer.headers.get('docker-content-digest'), digest);
      const { Config } = await bench.inspect();
      t.like(Config.Labels, { who: 'me', 'dev.headway.commit': 'c0ffee' });
      t.true(seen.includes('Step 3/5 : LABEL who=$WHO'));
      t.deepEqual(
        steps.find(([name]) => name === 'build'),
        ['build', 0, 5],
      );
      const [, done, total] = steps.findLast(([name]) => name === 'push') ?? [];
      t.true(done === total && Number(total) >= 2 ** 20, `pushed ${done} of ${total}`);
    },
  );
});

test('the docker builder honours .dockerignore and gives a repeat the same digest (DH-16)', async t => {
  const files = {
    Dockerfile: 'FROM scratch\nCOPY . /\n',
    '.dockerignore': '*\n!keep\nkeep/not\n',
    'keep/a': 'a',
    'keep/not': 'b',
    other: 'c',
  };
  await withBench(t, files, async bench => {
    const first = await bench.build();
    t.deepEqual(await bench.build(), first);
    const container = await (await bench.engine.client()).createContainer({
      Image: bench.name,
      Cmd: ['none'],
    });
    const listed = await listFiles(await container.export());
    await container.remove();
    t.true(listed.includes('keep/a'));
    t.false(listed.some(name => ['keep/not', 'other', 'Dockerfile', '.dockerignore'].includes(name)));
  });
});

test('a failing command is a build failure with its last lines', async t => {
  const base = need('LAB_BASE_IMAGE');
  if (base === undefined) return skip(t, 'an image with a shell (LAB_BASE_IMAGE)');
  await withBench(
    t,
    { Dockerfile: `FROM ${base}\nRUN echo about to ${Date.now()} && echo fail >&2 && exit 3\n` },
    async bench => {
      const failure = await t.throwsAsync(bench.build(), { instanceOf: BuildFailure });
      t.regex(
        failure.message,
        /^Cannot build "127\.0\.0\.1:\S+": The command .* returned a non-zero code: 3\n/,
      );
      t.regex(failure.message, /\nfail\n/);
    },
  );
});

const fails = test.macro(async (t, files: Record<string, string>, expected: RegExp) => {
  await withBench(t, files, async bench => {
    const failure = await t.throwsAsync(bench.build(), { instanceOf: BuildFailure });
    t.regex(failure.message, expected);
  });
});
test(
  'a missing Dockerfile is a build failure',
  fails,
  { a: '' },
  /"Dockerfile" is not a file in the build context/,
);
test(
  'a Dockerfile with an unknown instruction is a build failure',
  fails,
  { Dockerfile: 'FROM scratch\nFETCH x\n' },
  /unknown instruction: FETCH/,
);
test(
  'a file that is not there is a build failure',
  fails,
  { Dockerfile: 'FROM scratch\nCOPY x /x\n' },
  /COPY failed.*\nStep 2\/2/s,
);

test('a refused push is a build failure that says where to look, and never the password', async t => {
  await withRefusingRegistry(async registry => {
    await withBench(t, { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' }, async bench => {
      const failure = await t.throwsAsync(bench.build({ registry }), { instanceOf: BuildFailure });
      t.regex(failure.message, /^Cannot push .*check the username and password of this registry$/s);
      t.notRegex(failure.message, /s3cret/);
    });
  });
});

test('a registry that does not answer is an error, but not a build failure', async t => {
  await withBench(t, { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' }, async bench => {
    const error = await t.throwsAsync(bench.build({ registry: '127.0.0.1:1' }));
    t.false(error instanceof BuildFailure);
    t.regex(error.message, /^Cannot push .*connection refused/);
  });
});

test('an aborted build rejects with the reason, and its container is gone', async t => {
  const base = need('LAB_BASE_IMAGE');
  if (base === undefined) return skip(t, 'an image with a shell (LAB_BASE_IMAGE)');
  const mark = randomBytes(6).toString('hex');
  await withBench(
    t,
    { Dockerfile: `FROM ${base}\nRUN echo begun; sleep 600; echo ${mark}\n` },
    async bench => {
      const abort = new AbortController();
      const reason = new Error('enough');
      const progress = {
        output: (line: string) => line === 'begun' && abort.abort(reason),
        progress: () => {},
      };
      t.is(await t.throwsAsync(bench.builder.build(bench.order, progress, abort.signal)), reason);
      const docker = await bench.engine.client();
      for (;;) {
        const left = await docker.listContainers({ all: true });
        if (!left.some(({ Command }) => Command.includes(mark))) break;
      }
      t.pass();
    },
  );
});

test('no engine is an error that says what to do, and not a build failure', async t => {
  const engine = connectDocker({ host: 'unix:///nowhere/docker.sock', environment: {} });
  const bench = await open({ engine, registry: '127.0.0.1:1' }, { Dockerfile: 'FROM scratch\n' });
  const error = await t.throwsAsync(bench.build());
  t.is(error.name, 'Error');
  t.regex(
    error.message,
    /^Cannot reach Docker at unix:\/\/\/nowhere\/docker.sock: no such file; start Docker/,
  );
  await rm(bench.order.context, { recursive: true });
});

async function withBench(
  t: ExecutionContext,
  files: Record<string, string | Buffer>,
  use: (bench: Bench) => Promise<void>,
) {
  const lab = dockerLab(t);
  if (lab === undefined) {
    t.pass();
    return;
  }
  const bench = await open(lab, files);
  try {
    await use(bench);
  } finally {
    await bench.close();
  }
}

async function open(
  { engine, registry }: { engine: DockerEngine; registry: string },
  files: Record<string, string | Buffer>,
) {
  const context = await mkdtemp(join(tmpdir(), 'headway-build-'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(context, path)), { recursive: true });
    await writeFile(join(context, path), content);
  }
  const image = { registry, repository: `test/${randomBytes(6).toString('hex')}`, tag: 'c0ffee' };
  const order: BuildOrder = { image, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0 };
  const builder = createDockerBuilder({
    engine,
    credentials: async () => ({ username: 'me', password: 's3cret' }),
  });
  const name = formatImageReference(image);
  const made = new Set<string>();
  return {
    engine,
    registry,
    builder,
    order,
    name,
    build: (other: { registry?: string } = {}) => {
      const there = { ...image, ...other };
      made.add(formatImageReference(there));
      return builder.build(
        { ...order, image: there },
        { output() {}, progress() {} },
        AbortSignal.timeout(60_000),
      );
    },
    inspect: async () => (await engine.client()).getImage(name).inspect(),
    close: async () => {
      await rm(context, { recursive: true });
      const docker = await engine.client();
      for (const one of made.add(name))
        await docker
          .getImage(one)
          .remove()
          .catch(() => {});
    },
  };
}

async function withRefusingRegistry(use: (host: string) => Promise<void>) {
  const server = createServer((_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="test"', 'content-type': 'application/json' });
    response.end('{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}');
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  try {
    await use(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function listFiles(tar: NodeJS.ReadableStream): Promise<string[]> {
  const { extract } = await import('tar-stream');
  const names: string[] = [];
  for await (const entry of tar.pipe(extract())) {
    names.push(entry.header.name);
    entry.resume();
  }
  return names;
}

function skip(t: ExecutionContext, missing: string) {
  t.log(`skipped: needs ${missing}`);
  t.pass();
}
