import test from 'ava';
import type { Queue } from '../../functions/api/answers.ts';
import { UsageError } from '../../infra/cli/command.ts';
import { move } from '../../infra/cli/commands/move.ts';
import { pause } from '../../infra/cli/commands/pause.ts';
import { queueText } from '../../infra/cli/text/queue-text.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { NOW } from '../helpers/call-api.ts';

const plain = (_: string, text: string) => text;
const ago = (seconds: number) => new Date(NOW - seconds * 1_000).toISOString();
const [FIRST, SECOND] = ['1234567890'.repeat(4), '12345f0123'.repeat(4)];
const of = (image: string, commit: string): Build => ({
  image,
  commit,
  repo: 'shop',
  branch: 'main',
  status: 'waiting',
  requestedAt: ago(100),
  steps: [],
  attempts: 0,
});

test('the queue lines up, says why each waits, and says when there is nothing', t => {
  const base = { ...of('base', FIRST), status: 'building' as const, startedAt: ago(65) };
  const web = {
    ...of('web', FIRST),
    waits: { kind: 'parent' as const, text: 'for base, which is building' },
  };
  const quiet = { kind: 'quiet' as const, text: 'for a newer push of its branch', until: ago(-30) };
  const pull = { ...of('base', SECOND), branch: undefined, tryJob: { number: 7, patch: 2 } };
  const items = [base, web, { ...pull, priority: 3, waits: quiet }];
  const at = ago(0);
  t.deepEqual(queueText({ at, items }, { paint: plain, width: 200 }).split('\n'), [
    'BUILD         OF                            PRIORITY  STATE',
    'base:1234567  shop main                     0         building  since 1 min',
    'web:1234567   shop main                     0         waiting   for base, which is building',
    'base:12345f0  shop pull request 7, patch 2  3         waiting   for a newer push of its branch; in 30 s',
  ]);
  t.is(
    queueText({ at, items: [] }, { paint: plain, width: 80 }),
    'nothing is being built, and nothing waits',
  );
  const paused: Queue = { at, items, paused: { by: 'ada', why: 'the disk is full', since: ago(60) } };
  const lines = queueText(paused, { paint: plain, width: 80 }).split('\n');
  t.is(lines[0], 'builds are paused by ada 1 min ago: the disk is full; headway resume lets them');
  for (const line of lines) t.true(line.length <= 80, line);
  const last = (more: Queue['more']) =>
    queueText({ at, items, more }, { paint: plain, width: 80 }).split('\n').at(-1);
  t.is(last({ waiting: 9_900, atLeast: false }), 'and 9900 more');
  t.is(last({ waiting: 800, atLeast: true }), 'and at least 800 more');
  t.is(last({ waiting: 0, atLeast: true }), 'and perhaps more');
});

test('words that make no sense together are refused before anybody is asked', async t => {
  await t.throwsAsync(() => pause.run([]), { instanceOf: UsageError, message: 'pause wants --why WORDS' });
  for (const words of [['web:1234567'], ['web:1234567', '--first', '--last']]) {
    await t.throwsAsync(() => move.run(words), {
      instanceOf: UsageError,
      message: 'move wants one of --first, --last and --priority N',
    });
  }
  await t.throwsAsync(() => move.run(['web', '--first']), {
    message: /^move takes one build as IMAGE:COMMIT/,
  });
});
