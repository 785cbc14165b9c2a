import { Readable } from 'node:stream';
import test from 'ava';
import { followLog } from '../../shared/adapters/containers/kubernetes/follow-log.ts';
import { type PodState, podStateOf, RunPod } from '../../shared/adapters/containers/kubernetes/pod-state.ts';
import type { Call } from '../../shared/adapters/kubernetes/cluster.ts';
import { ApiRefusal } from '../../shared/adapters/kubernetes/failures.ts';

const at = (second: number, text: string) => `2030-01-01T00:00:0${second}.000000000Z ${text}\n`;

test('a log that breaks off is taken up again, each line once and whole', async t => {
  const answers = [
    async function* () {
      yield Buffer.from(at(1, 'one') + at(2, 'two'));
      yield Buffer.from(at(3, 'three').slice(0, 35));
      throw new Error('terminated');
    },
    async function* () {
      yield Buffer.from(at(2, 'two') + at(3, 'three'));
    },
    async function* () {
      yield Buffer.from(at(3, 'three') + at(4, 'four').trimEnd());
    },
  ];
  const ended = new AbortController();
  const asked: Call[] = [];
  const cluster = {
    address: 'here',
    ask: () => Promise.reject(new Error('not asked')),
    async read(call: Call) {
      asked.push(call);
      if (asked.length === answers.length) t.true(ended.signal.aborted);
      if (asked.length === answers.length - 1) ended.abort();
      return Readable.from(answers[asked.length - 1]?.() ?? []);
    },
  };
  const lines: string[] = [];
  const signal = AbortSignal.timeout(10_000);
  await followLog(cluster, '/pod', { output: line => lines.push(line), ended: ended.signal, signal });
  t.deepEqual(lines, ['one', 'two', 'three', 'four']);
  t.is(asked[0]?.path, '/pod/log');
  t.deepEqual(
    asked.map(({ query }) => query?.['sinceTime']),
    [undefined, '2030-01-01T00:00:02.000000000Z', '2030-01-01T00:00:03.000000000Z'],
  );
});

test('a log that cannot be had is said when the container has ended, and not before', async t => {
  const ended = new AbortController();
  let asked = 0;
  const cluster = {
    address: 'here',
    ask: () => Promise.reject(new Error('not asked')),
    read: async () => {
      if (++asked === 2) ended.abort();
      throw new ApiRefusal(500, 'no such host');
    },
  };
  const following = { output: () => {}, ended: ended.signal, signal: AbortSignal.timeout(10_000) };
  await t.throwsAsync(followLog(cluster, '/pod', following), { message: 'no such host' });
  t.is(asked, 3);
});

const seen = test.macro({
  exec(t, status: object, kind: PodState['kind'], words: RegExp | undefined) {
    const state = podStateOf(RunPod.parse({ metadata: { name: 'run' }, status }), true);
    t.is(state.kind, kind);
    if (words !== undefined) t.regex(JSON.stringify(state), words);
  },
  title: (name = '') => `a pod ${name}`,
});
const state = (one: object) => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'run', ready: false, restartCount: 0, imageID: '', state: one }],
});

test('without containers yet waits', seen, { phase: 'Pending' }, 'waiting', undefined);
test(
  'without a node waits, and says for what',
  seen,
  { conditions: [{ type: 'PodScheduled', status: 'False', message: 'Insufficient nvidia.com/gpu' }] },
  'waiting',
  /Insufficient nvidia/,
);
test(
  'whose image is not there never runs',
  seen,
  state({ waiting: { reason: 'ErrImagePull', message: 'manifest unknown' } }),
  'never',
  /manifest unknown/,
);
test(
  'whose registry does not answer waits',
  seen,
  state({ waiting: { reason: 'ErrImagePull', message: 'dial tcp: connection refused' } }),
  'waiting',
  undefined,
);
test(
  'whose program is not there never runs',
  seen,
  state({ terminated: { exitCode: 128, reason: 'StartError', message: 'not found in $PATH' } }),
  'never',
  /not found/,
);
test('that runs does', seen, state({ running: {} }), 'running', undefined);
test(
  'that failed has the end of its log',
  seen,
  state({ terminated: { exitCode: 3, reason: 'Error', message: 'FAILED a' } }),
  'ended',
  /"code":3.*FAILED a/,
);
test(
  'that was evicted is lost',
  seen,
  {
    ...state({ terminated: { exitCode: 137, reason: 'Error' } }),
    phase: 'Failed',
    reason: 'Evicted',
    message: 'disk',
  },
  'lost',
  /Evicted: disk/,
);

test('a pod that is gone after it ran is lost, and waited for before', t => {
  t.is(podStateOf(undefined, true).kind, 'lost');
  t.is(podStateOf(undefined, false).kind, 'waiting');
});
