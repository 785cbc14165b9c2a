import test from 'ava';
import { followBuildLog } from '../../shared/adapters/builders/kubernetes/build-log.ts';
import { type LogAnswer, serveKubernetesLog } from '../helpers/kubernetes-log-server.ts';

const at = (second: number, text: string) => `2030-01-01T00:00:0${second}.000000000Z ${text}\n`;
const LOG = [at(1, 'Step 1/2 : FROM scratch'), at(1, ' ---> '), at(2, 'Step 2/2 : COPY a /'), at(3, 'done')];
const LINES = ['Step 1/2 : FROM scratch', ' ---> ', 'Step 2/2 : COPY a /', 'done'];
const WHOLE: LogAnswer = { ends: 'well' };

const isWhole = test.macro(async (t, answers: readonly LogAnswer[]) => {
  const { cluster, untilAsked } = await serveKubernetesLog(t, LOG.join(''), answers);
  const lines: string[] = [];
  const counts: [string, number, number][] = [];
  const signal = AbortSignal.timeout(20_000);
  const progress = {
    output: (line: string) => void lines.push(line),
    progress: (...count: [string, number, number]) => void counts.push(count),
  };
  const log = followBuildLog({ cluster, namespace: 'builds', progress, signal });
  log.begin('pod', 'build');
  log.begin('pod', 'build');
  await untilAsked(answers.length);
  await log.end();
  await log.stop();
  t.deepEqual(lines, LINES);
  t.deepEqual(log.tail(), LINES);
  t.deepEqual(counts, [
    ['build', 0, 2],
    ['build', 1, 2],
    ['build', 2, 2],
  ]);
});
test("a build's log that comes in one answer is handed on", isWhole, [WHOLE]);
test("a build's log whose answer ends well in the middle is taken up again", isWhole, [
  { upTo: ' ---> \n', ends: 'well' },
  WHOLE,
]);
test("a build's log whose answer ends well within a line is taken up again", isWhole, [
  { upTo: 'Step 2/2 : CO', ends: 'well' },
  WHOLE,
]);
test("a build's log that breaks off, and is refused once, is taken up again", isWhole, [
  { upTo: '2030-01-01T00:00:02', ends: 'broken off' },
  { ends: 'refused' },
  WHOLE,
]);

test("a build's log that cannot be had is a line of its own, once the build has ended", async t => {
  const { cluster, untilAsked } = await serveKubernetesLog(t, '', [{ ends: 'refused' }]);
  const lines: string[] = [];
  const progress = { output: (line: string) => void lines.push(line), progress() {} };
  const signal = AbortSignal.timeout(20_000);
  const log = followBuildLog({ cluster, namespace: 'builds', progress, signal });
  log.begin('pod', 'build');
  await untilAsked(2);
  t.deepEqual(lines, []);
  await log.end();
  await log.stop();
  t.regex(
    lines.join('\n'),
    /^The log cannot be read: Kubernetes at http\S+ refused: the server is overloaded$/,
  );
});
