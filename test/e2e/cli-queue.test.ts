import { tmpdir } from 'node:os';
import test from 'ava';
import type { Build } from '../../shared/domain/documents/build.ts';
import { builds } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import { createHttpServer } from '../../shared/runtime/node-http.ts';
import { NOW, sampleApi, TOKEN } from '../helpers/call-api.ts';
import { runHeadway } from '../helpers/host-process.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

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
