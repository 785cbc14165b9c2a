import { tmpdir } from 'node:os';
import test from 'ava';
import { UsageError } from '../../infra/cli/command.ts';
import { diff } from '../../infra/cli/commands/diff.ts';
import type { Package } from '../../shared/domain/packages/package.ts';
import { builds } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import { createHttpServer } from '../../shared/runtime/node-http.ts';
import { sampleApi } from '../helpers/call-api.ts';
import { runHeadway } from '../helpers/host-process.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

const [FIRST, SECOND] = ['1234567890'.repeat(4), 'abcdef0123'.repeat(4)];
const pip = (name: string, version: string): Package => ({ manager: 'pip', name, version });
const LISTS = {
  [FIRST]: [pip('gone', '1'), pip('numpy', '1.25'), pip('same', '1')],
  [SECOND]: [pip('fresh', '2'), pip('numpy', '1.26'), pip('same', '1')],
};

test('headway diff compares two builds by commit, digest and tag, and says what it cannot', async t => {
  const { api, records, artifacts } = await sampleApi();
  const both = Object.entries(LISTS).flatMap(([commit, packages]) =>
    ['lab', 'web'].map(image => ({ image, commit, packages })),
  );
  for (const { image, commit, packages } of both) {
    const digest = `sha256:${commit.slice(0, 8).repeat(8)}`;
    const build = {
      image,
      commit,
      repo: 'shop',
      status: 'succeeded' as const,
      digest,
      steps: [],
      attempts: 0,
    };
    const about = {
      ...build,
      requestedAt: '2030-01-01T00:00:00.000Z',
      branch: 'main',
      branchTag: `t-${commit[0]}`,
    };
    await records.transact([], () => ({ result: undefined, writes: [put(builds, about)] }));
    await artifacts.put(`builds/${image}/${commit}/manifests/x.packages.json`, JSON.stringify({ packages }));
  }
  const server = await createHttpServer({ log, handlers: { '/': api }, streams: {} });
  await server.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => server.close());
  const run = (...words: string[]) => runHeadway(['diff', ...words, '--url', server.url], { cwd: tmpdir() });
  const [json, none, all] = await Promise.all([
    run(`lab:${FIRST.slice(0, 7)}`, `lab@sha256:${SECOND.slice(0, 8).repeat(8)}`, '--json'),
    run('lab:t-1', 'web:nothing'),
    run('t-1', 't-a'),
  ]);
  const [compared] = JSON.parse(json.out);
  t.like(compared, { before: { image: 'lab', commit: FIRST }, after: { commit: SECOND } });
  t.is(compared.changes.length, 3);
  t.is(none.code, 1);
  t.regex(none.err, /answered 404: Cannot find "web\/nothing" among the builds/);
  t.is(all.code, 1, 'of all images some could not be compared');
  t.regex(all.out, /^web: 1234567 to abcdef0, 3 changes/);
  t.regex(all.err, /^Cannot compare api: .*Cannot find "api\/t-[1a]" among the builds/m);
  await t.throwsAsync(diff.run(['lab:t-1']), { instanceOf: UsageError });
});
