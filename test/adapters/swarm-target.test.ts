import test, { type ExecutionContext } from 'ava';
import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import { judgeRollout, type Rollout, type SwarmTask } from '../../shared/adapters/targets/swarm/judge.ts';
import { createSwarmTarget } from '../../shared/adapters/targets/swarm/swarm-target.ts';
import type { Observation } from '../../shared/ports/target.ts';
import { digest, imageOf, orderOf, service } from '../helpers/git-repository-orders.ts';
import { type EngineAnswer, startSmallEngine } from '../helpers/small-engine.ts';

const [V1, V2] = [digest(1), digest(2)];
const task = (place: string, state: string, more: Partial<SwarmTask> = {}): SwarmTask => ({
  place,
  state,
  desired: ['failed', 'rejected', 'shutdown'].includes(state) ? 'shutdown' : 'running',
  digest: V2,
  ...more,
});
const after = (state: string, message = 'so it is'): Partial<Rollout> => ({ update: { state, message } });

type Case = {
  readonly rollout?: Partial<Rollout>;
  readonly tasks: readonly SwarmTask[];
  readonly expected?: string;
  readonly seen: Observation | RegExp;
};
const judged = test.macro((t: ExecutionContext, { rollout, tasks, expected, seen }: Case) => {
  const observed = judgeRollout({ name: 'web', digest: V2, replicas: 2, ...rollout }, tasks, expected);
  if (!(seen instanceof RegExp)) t.deepEqual(observed, seen);
  else t.regex(`${observed.state}: ${'reason' in observed ? observed.reason : ''}`, seen);
});
const running = { state: 'running', digest: V2 } as const;
const two = [task('1', 'running'), task('2', 'running')];

test('all that are wanted run the digest', judged, { tasks: two, seen: running });
test('a completed update counts as none', judged, {
  rollout: after('completed'),
  tasks: two,
  seen: running,
});
test('one of two runs, the other starts', judged, {
  tasks: [task('1', 'running'), task('2', 'starting')],
  seen: /^updating: service "web": 1 of 2 tasks run$/,
});
test('one of two runs, the other has no task yet', judged, {
  tasks: [task('1', 'running')],
  seen: /^updating: /,
});
test('the old digest still runs', judged, {
  tasks: [task('1', 'running'), task('2', 'running', { digest: V1 })],
  seen: /^updating: .* some of them another digest$/,
});
test('tasks that are on their way out do not matter', judged, {
  tasks: [...two, task('1', 'running', { digest: V1, desired: 'shutdown' })],
  seen: running,
});
test('everything runs, but Swarm is still watching', judged, {
  rollout: after('updating'),
  tasks: two,
  seen: /^updating: .*2 of 2 tasks run; so it is$/,
});
test('Swarm is going back', judged, { rollout: after('rollback_started'), tasks: two, seen: /^updating: / });
test('Swarm paused', judged, {
  rollout: after('paused'),
  tasks: [task('1', 'failed', { error: 'task: non-zero exit (7)' }), ...two],
  seen: /^failed: Swarm paused the update of service "web": so it is; a task said: task: non-zero exit \(7\)$/,
});
test('Swarm could not even go back', judged, {
  rollout: after('rollback_paused'),
  tasks: two,
  seen: /^failed: Swarm paused/,
});
test('Swarm went back', judged, {
  rollout: after('rollback_completed'),
  tasks: two,
  expected: V1,
  seen: /^failed: Swarm rolled/,
});
test('Swarm went back to what is wanted', judged, {
  rollout: after('rollback_completed'),
  tasks: two,
  expected: V2,
  seen: running,
});
test('no node takes a task', judged, {
  tasks: [task('1', 'running'), task('2', 'pending', { error: 'no suitable node (1 node not available)' })],
  seen: /^unhealthy: .*1 of 2 tasks run; a task said: no suitable node/,
});
test('the image was rejected in one place, an old failure in another does not matter', judged, {
  tasks: [
    task('1', 'ready', { desired: 'ready' }),
    task('1', 'rejected', { error: 'No such image' }),
    task('2', 'running'),
    task('2', 'failed', { error: 'long ago' }),
  ],
  seen: /^unhealthy: .*said: No such image$/,
});
test('every node runs one', judged, {
  rollout: { replicas: undefined },
  tasks: [task('node a', 'running'), task('node b', 'running')],
  seen: running,
});
test('no node runs any', judged, {
  rollout: { replicas: undefined },
  tasks: [],
  seen: /^updating: .*0 of 1/,
});
test('a job has done its work', judged, {
  tasks: [task('1', 'complete', { desired: 'complete' }), task('2', 'running')],
  seen: running,
});
test('an image without a digest', judged, {
  rollout: { digest: undefined },
  tasks: two.map(one => ({ ...one, digest: undefined })),
  seen: /^unknown: service "web" runs an image without a digest$/,
});

const web = (more: object = {}, spec: object = {}) => ({
  ID: 'vscp4h',
  Version: { Index: 7 },
  Spec: {
    Name: 'web',
    TaskTemplate: { ContainerSpec: { Image: `ghcr.io/acme/web:prod@${V1}` }, ...spec },
    Mode: { Replicated: { Replicas: 2 } },
  },
  ...more,
});
async function targetAt(t: ExecutionContext, answer: (method: string, path: string) => EngineAnswer) {
  const { host, asked } = await startSmallEngine(t, ({ method, path }) => answer(method, path));
  const engine = connectDocker({ host, environment: {} });
  const target = createSwarmTarget({ engine, credentials: async () => undefined, patience: 200 });
  return {
    asked,
    target,
    observe: () => target.observe('web', service('web'), imageOf('web')),
    deploy: () => target.deploy(orderOf('web', V2), AbortSignal.timeout(1_000)),
  };
}

test('an engine that is no manager is unknown, and thrown: it may become one again', async t => {
  const message = 'This node is not a swarm manager.';
  const { observe, deploy, target } = await targetAt(t, () => ({ status: 503, lines: [{ message }] }));
  const seen = await observe();
  t.true(seen.state === 'unknown' && seen.reason.endsWith(`refused: ${message}`));
  await t.throwsAsync(deploy, { message: /not a swarm manager/ });
  await t.throwsAsync(() => target.list(AbortSignal.timeout(1_000)), { message: /not a swarm manager/ });
});

test('an engine that denies fails, with its words', async t => {
  const { deploy } = await targetAt(t, method =>
    method === 'GET' ? { lines: [web()] } : { status: 403, lines: [{ message: 'authorization denied' }] },
  );
  t.like(await deploy(), { kind: 'failed' });
});

test('an engine that hangs is unknown, and a deploy there is given up', async t => {
  const { observe, deploy, target } = await targetAt(t, () => undefined);
  const seen = await observe();
  t.true(seen.state === 'unknown' && /did not answer in time/.test(seen.reason));
  await t.throwsAsync(deploy, { name: 'TimeoutError' });
  await t.throwsAsync(() => target.list(AbortSignal.timeout(100)), { name: 'TimeoutError' });
});

test('an engine that talks nonsense is unknown, in a sentence', async t => {
  const { observe } = await targetAt(t, () => ({ lines: [{ ID: 7 }] }));
  const seen = await observe();
  t.true(
    seen.state === 'unknown' && /did not answer as the Docker Engine's API does \("ID"\)/.test(seen.reason),
  );
});

test('a service that is changed each time is read and tried twelve times, then thrown', async t => {
  const message = 'rpc error: code = Unknown desc = update out of sequence';
  const { asked, deploy } = await targetAt(t, method =>
    method === 'GET' ? { lines: [web()] } : { status: 500, lines: [{ message }] },
  );
  await t.throwsAsync(deploy, { message: /update out of sequence/ });
  t.is(asked.filter(({ method }) => method === 'POST').length, 12);
});

test('a specification whose numbers cannot be sent back exactly is left alone', async t => {
  const Resources = { Limits: { MemoryBytes: 2 ** 60 } };
  const { asked, deploy } = await targetAt(t, () => ({ lines: [web({}, { Resources })] }));
  const answer = await deploy();
  t.true(answer.kind === 'failed' && /number near 1152921504606847000/.test(answer.reason));
  t.true(asked.every(({ method }) => method === 'GET'));
});
