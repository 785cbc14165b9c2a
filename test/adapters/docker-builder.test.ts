import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { baseRegistries, targetBases } from '../../shared/adapters/builders/docker/base-registries.ts';
import { createDockerBuilder } from '../../shared/adapters/builders/docker/builder.ts';
import { createTranscript } from '../../shared/adapters/builders/docker/transcript.ts';
import { createByteCount } from '../../shared/adapters/docker/byte-count.ts';
import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import { BuildFailure, type BuildOrder } from '../../shared/ports/builder.ts';
import { type EngineAnswer, startSmallEngine } from '../helpers/small-engine.ts';

const DIGEST = `sha256:${'d'.repeat(64)}`;
const OTHER = `sha256:${'e'.repeat(64)}`;
const BUILT = { lines: [{ stream: 'Step 1/1 : FROM scratch\n' }, { aux: { ID: 'sha256:1' } }] };

test('an error in the middle of a build that began well is a failure with the last lines', async t => {
  const lines = [
    { stream: 'Step 1/2 : FROM x\n' },
    { stream: 'half a line' },
    { error: 'COPY failed: no a', errorDetail: {} },
  ];
  const error = await t.throwsAsync(build(t, { build: { lines } }), { instanceOf: BuildFailure });
  t.is(error.message, 'Cannot build "r.example/a:1": COPY failed: no a\nStep 1/2 : FROM x\nhalf a line');
});

test('an error in the middle of a push that began well is no success', async t => {
  const push = {
    lines: [{ status: 'The push refers to repository' }, { error: 'denied: not yours', errorDetail: {} }],
  };
  const error = await t.throwsAsync(build(t, { build: BUILT, push }), { instanceOf: BuildFailure });
  t.regex(
    error.message,
    /^Cannot push "r\.example\/a:1": denied: not yours; check the username and password/,
  );
});

test('the digest is what the push tells, and each call shows who we are where it must', async t => {
  const push = {
    lines: [{ status: 'x' }, { progressDetail: {}, aux: { Tag: '1', Digest: DIGEST, Size: 1 } }],
  };
  const result = await build(t, { build: BUILT, push });
  t.is(result.digest, DIGEST);
  const [auth] = result.headersOf('/push', 'x-registry-auth');
  t.like(auth, { username: 'r.example', password: 'secret', serveraddress: 'r.example' });
  const [config] = result.headersOf('/build', 'x-registry-config');
  t.deepEqual(Object.keys(config ?? {}), ['base.example:5000']);
});

test('an engine that does not tell the digest has it on record', async t => {
  const recorded = [`other.example/a@${OTHER}`, `r.example/a@${DIGEST}`];
  const inspect = { lines: [{ Id: 'sha256:1', RepoDigests: recorded }] };
  t.is((await build(t, { build: BUILT, push: { lines: [{ status: 'done' }] }, inspect })).digest, DIGEST);
});

test('without any digest there is no success', async t => {
  const inspect = { lines: [{ Id: 'sha256:1', RepoDigests: [] }] };
  const error = await t.throwsAsync(build(t, { build: BUILT, push: { lines: [] }, inspect }));
  t.regex(error.message, /Cannot tell the digest of "r\.example\/a:1"/);
});

test('baseRegistries() reads FROM lines with their variables, and leaves scratch and stages to Docker Hub', t => {
  const dockerfile = `ARG BASE=a.example/x\nARG N\nFROM \${BASE}:1 AS one\nFROM $N\nFROM \${NONE:-c.example/z}\nFROM nginx\n`;
  t.deepEqual(
    baseRegistries(dockerfile, { N: `b.example:1/y@${DIGEST}` }),
    new Set(['a.example', 'b.example:1', 'c.example', 'docker.io']),
  );
});

test('targetBases() leaves out scratch, stages, and stages of another platform', t => {
  const dockerfile = `ARG BASE=a.example/x:1\nFROM --platform=$BUILDPLATFORM go AS make\nFROM \${BASE} AS base\nFROM base\nFROM scratch\nFROM \${BASE}\n`;
  t.deepEqual(targetBases(dockerfile, {}), [{ registry: 'a.example', repository: 'x', tag: '1' }]);
});

test('createTranscript() hands on whole lines without colours, and keeps the last twenty', t => {
  const lines: string[] = [];
  const transcript = createTranscript({ output: line => lines.push(line), progress() {} });
  for (const piece of ['one\ntw', 'o\r\n\u001b[91mthree\u001b[0m\n', 'open']) transcript.write(piece);
  t.deepEqual(lines, ['one', 'two', 'three']);
  t.deepEqual(transcript.tail(), ['one', 'two', 'three', 'open']);
  transcript.write('\n'.concat('x\n'.repeat(30)));
  t.is(transcript.tail().length, 20);
});

test('createByteCount() adds up layers, never more than there is, and counts a moved one whole', t => {
  const count = createByteCount();
  count({ id: 'a', status: 'Pushing', progressDetail: { current: 5, total: 10 } });
  t.deepEqual(count({ id: 'b', status: 'Pushing', progressDetail: { current: 9, total: 4 } }), {
    done: 9,
    total: 14,
  });
  t.deepEqual(count({ id: 'a', status: 'Pushed' }), { done: 14, total: 14 });
  t.is(count({ id: 'c', status: 'Preparing' }), undefined);
  t.is(count({ status: 'latest: digest: sha256:1' }), undefined);
});

type Script = { readonly build: EngineAnswer; readonly push?: EngineAnswer; readonly inspect?: EngineAnswer };

test('secrets are refused where the engine has no BuildKit, with who could keep them', async t => {
  const order = { secrets: { TOKEN: 'open-sesame' } };
  const error = await t.throwsAsync(build(t, { build: BUILT }, order), { instanceOf: BuildFailure });
  t.regex(
    error.message,
    /^Cannot build "r\.example\/a:1": for secrets \(TOKEN\) it takes the BuildKit of Docker at unix:\S+, and it has none \(none\); give this image a builder/,
  );
  t.notRegex(error.message, /sesame/);
});

async function build(t: ExecutionContext, script: Script, more: Partial<BuildOrder> = {}) {
  const { host, asked } = await startSmallEngine(t, ({ path }) => {
    if (path.startsWith('/build')) return script.build;
    return path.includes('/push')
      ? script.push
      : (script.inspect ?? { status: 404, lines: [{ message: 'none' }] });
  });
  const context = await mkdtemp(join(tmpdir(), 'headway-context-'));
  t.teardown(() => rm(context, { recursive: true }));
  await writeFile(join(context, 'Dockerfile'), 'FROM base.example:5000/x\n');
  const builder = createDockerBuilder({
    engine: connectDocker({ host, environment: {} }),
    credentials: async registry => ({ username: registry, password: 'secret' }),
  });
  const image = { registry: 'r.example', repository: 'a', tag: '1' };
  const order = { image, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0, ...more };
  const { digest } = await builder.build(order, { output() {}, progress() {} }, AbortSignal.timeout(10_000));
  return {
    digest,
    headersOf: (path: string, name: string) =>
      asked
        .filter(one => one.path.includes(path))
        .map(({ headers }) => JSON.parse(Buffer.from(String(headers[name]), 'base64').toString('utf8'))),
  };
}
