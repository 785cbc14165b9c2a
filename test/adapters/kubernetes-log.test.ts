import test from 'ava';
import { type PodState, podStateOf, RunPod } from '../../shared/adapters/containers/kubernetes/pod-state.ts';
import { followLog } from '../../shared/adapters/kubernetes/follow-log.ts';
import { type LogAnswer, serveKubernetesLog } from '../helpers/kubernetes-log-server.ts';

const at = (second: number, text: string) => `2030-01-01T00:00:0${second}.000000000Z ${text}`;
const LOG = [
  `${at(1, 'one')}\n`,
  `${at(2, ' two ')}\n`,
  `${at(2, '')}\n`,
  `${at(3, '10%\r50%\r100%')}\r\n`,
  `${at(4, 'four is long, and ünïcode')}\n`,
  at(5, 'the end'),
].join('');
const LINES = ['one', ' two ', '', '100%', 'four is long, and ünïcode', 'the end'];
const POD = { namespace: 'runs', pod: 'run', container: 'run' };

const isWhole = test.macro(async (t, ended: number, answers: readonly LogAnswer[]) => {
  const { cluster, asked, untilAsked } = await serveKubernetesLog(t, LOG, answers);
  const end = new AbortController();
  const lines: string[] = [];
  const output = (line: string) => void lines.push(line);
  const following = { output, ended: end.signal, signal: AbortSignal.timeout(20_000) };
  const followed = followLog(cluster, POD, following);
  await untilAsked(ended);
  end.abort();
  await followed;
  t.deepEqual(lines, LINES);
  t.is(asked[0]?.pathname, '/api/v1/namespaces/runs/pods/run/log');
  t.is(asked[0]?.searchParams.get('sinceTime'), null);
});
test('a log that is had at once is handed on, each line once', isWhole, 1, [{ ends: 'well' }]);
for (const ends of ['well', 'broken off'] as const) {
  const again = { ends: 'well' } as const;
  test(`a log that ended ${ends} after a line is taken up there`, isWhole, 2, [
    { upTo: 'two \n', ends },
    again,
  ]);
  test(`a log that ended ${ends} in a time is taken up there`, isWhole, 2, [
    { upTo: '00:00:03', ends },
    again,
  ]);
  test(`a log that ended ${ends} in a line is taken up there`, isWhole, 2, [
    { upTo: 'four is', ends },
    again,
  ]);
  test(`a log that ended ${ends} in a progress bar is taken up there`, isWhole, 2, [
    { upTo: '50%', ends },
    again,
  ]);
}
test(
  'a log that is refused, and breaks off once more as the container has ended, is had in the end',
  isWhole,
  2,
  [
    { ends: 'refused' },
    { upTo: 'one', ends: 'well' },
    { upTo: 'four', ends: 'broken off' },
    { ends: 'well' },
  ],
);

test('a log goes on from where it ended, not from its beginning', async t => {
  const answers = [{ upTo: 'four is', ends: 'well' }, { ends: 'well' }] as const;
  const { cluster, asked, untilAsked } = await serveKubernetesLog(t, LOG, answers);
  const ended = new AbortController();
  const following = { output() {}, ended: ended.signal, signal: AbortSignal.timeout(20_000) };
  const followed = followLog(cluster, POD, following);
  await untilAsked(2);
  ended.abort();
  await followed;
  t.is(asked[1]?.searchParams.get('sinceTime'), '2030-01-01T00:00:03.000000000Z');
});

test('a log that cannot be had is said when the container has ended, and not before', async t => {
  const { cluster, asked, untilAsked } = await serveKubernetesLog(t, '', [{ ends: 'refused' }]);
  const ended = new AbortController();
  const following = { output() {}, ended: ended.signal, signal: AbortSignal.timeout(20_000) };
  const followed = followLog(cluster, POD, following);
  await untilAsked(2);
  ended.abort();
  await t.throwsAsync(followed, { message: 'the server is overloaded' });
  t.is(asked.length, 5);
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
