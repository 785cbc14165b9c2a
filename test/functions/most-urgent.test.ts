import test from 'ava';
import { mostUrgent } from '../../functions/builds/most-urgent.ts';
import { instant } from '../../shared/domain/claims.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { builds } from '../../shared/records/collections.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords, put } from '../../shared/records/records.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';

const NOW = Date.parse('2026-03-02T12:00:00.000Z');

function aBuild(image: string, more: Partial<Build>): Build {
  const commit = 'a'.repeat(40);
  return { image, commit, repo: 'shop', status: 'waiting', steps: [], attempts: 0, ...more };
}

test('A build that gave its place to a more urgent one goes on the hint of that one', async t => {
  const records = createRecords(createMemoryDocuments({ queries }));
  const waits = aBuild('waits', { due: instant(NOW - 1_000) });
  const urgent = aBuild('urgent', { due: instant(NOW - 1_000), priority: 5 });
  const store = (...all: Build[]) =>
    records.transact([], () => ({ result: undefined, writes: all.map(build => put(builds, build)) }));
  await store(waits, urgent);
  const its = { records, clock: { now: () => NOW } };
  t.is((await mostUrgent(its, waits)).image, 'urgent');
  const begun: Build = {
    ...urgent,
    status: 'building',
    due: instant(NOW + 60_000),
    claim: { by: 'w', until: instant(NOW + 60_000) },
  };
  await store(begun);
  t.is((await mostUrgent(its, begun)).image, 'waits');
});
