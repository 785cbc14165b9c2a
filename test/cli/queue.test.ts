import { tmpdir } from 'node:os';
import test from 'ava';
import type { Queue } from '../../functions/api/answers.ts';
import { UsageError } from '../../infra/cli/command.ts';
import { move } from '../../infra/cli/commands/move.ts';
import { pause } from '../../infra/cli/commands/pause.ts';
import { queueText } from '../../infra/cli/text/queue-text.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { builds } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import { createHttpServer } from '../../shared/runtime/node-http.ts';
import { NOW, sampleApi, TOKEN } from '../helpers/call-api.ts';
import { runHeadway } from '../helpers/host-process.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

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
});

test('headway queue, cancel, move and pause say what came of them, and what they cannot', async t => {
  const { api, records } = await sampleApi();
  const documents = [of('lab', FIRST), of('lab', SECOND)];
  await records.transact([], () => ({
    result: undefined,
    writes: documents.map(build => put(builds, { ...build, repo: 'shop' })),
  }));
  const server = await createHttpServer({ log, handlers: { '/': api }, streams: {} });
  await server.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => server.close());
  const run = (...words: string[]) =>
    runHeadway([...words, '--url', server.url], { cwd: tmpdir(), environment: { HEADWAY_TOKEN: TOKEN } });
  const [ambiguous, unknown] = await Promise.all([run('cancel', 'lab:12345'), run('cancel', 'lab:ffff')]);
  t.is(ambiguous.code, 1);
  t.regex(ambiguous.err, /^headway: Cannot find build "lab:12345": 2 of its builds begin so: 12345/m);
  t.regex(unknown.err, /none of its 200 newest builds begins so$/m);
  t.is(
    (await run('move', 'lab:123456', '--priority', '5')).out.split(';')[0],
    'lab:1234567 is at priority 5',
  );
  t.regex((await run('queue')).out, /^lab:1234567 +shop main +5 +waiting +for its turn$/m);
  t.regex((await run('cancel', 'lab:123456', '--why', 'a typo')).out, /^lab:1234567 is cancelled/);
  t.regex((await run('pause', '--why', 'the disk is full')).out, /^no further build begins/);
  t.like(JSON.parse((await run('queue', '--json')).out), { paused: { why: 'the disk is full' } });
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
