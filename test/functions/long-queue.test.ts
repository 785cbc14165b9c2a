import test from 'ava';
import { instant } from '../../shared/domain/claims.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { builds } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import { callJson, NOW, sampleApi } from '../helpers/call-api.ts';

const commit = 'c'.repeat(40);

/** Builds that wait for their turn, the lowest number for the longest. */
function waiting(count: number): Build[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ image: `image-${i}`, commit, repo: 'long', status: 'waiting', steps: [], attempts: 0 },
    due: instant(NOW - 1_000_000 + i),
  }));
}

async function queueOf(all: readonly Build[], query = '') {
  const { api, records, documents } = await sampleApi();
  await records.transact([], () => ({ result: undefined, writes: all.map(build => put(builds, build)) }));
  let read = 0;
  const { query: ask } = documents;
  documents.query = async question => {
    const found = await ask(question);
    read += found.length;
    return found;
  };
  const { json } = await callJson(api, `/api/v1/queue${query}`);
  const ours = json.items.filter(({ repo }: Build) => repo === 'long').map(({ image }: Build) => image);
  return { ours, items: json.items.length, more: json.more, read };
}

test('A queue that is short is told whole, and one that is longer than was asked for says how many more wait', async t => {
  const short = await queueOf(waiting(3));
  t.deepEqual([short.ours, short.more], [['image-0', 'image-1', 'image-2'], undefined]);
  const long = await queueOf(waiting(300));
  t.is(long.ours.length, 200);
  t.is(long.ours[199], 'image-199');
  // One of the sample waits too.
  t.deepEqual(long.more, { waiting: 101, atLeast: false });
  const cut = await queueOf(waiting(300), '?limit=20');
  t.is(cut.ours.length, 20);
  t.deepEqual(cut.more, { waiting: 281, atLeast: false });
});

test('Of ten thousand that wait the answer has the first, says that there are more, and costs no more than of two thousand', async t => {
  const urgent = { ...waiting(1)[0], image: 'zz-urgent', priority: 2, due: instant(NOW - 1) } as Build;
  const { ours, more, read } = await queueOf([...waiting(10_000), urgent]);
  t.deepEqual(ours.slice(0, 3), ['zz-urgent', 'image-0', 'image-1']);
  t.is(ours.length, 200);
  t.true(more.atLeast && more.waiting >= 800, JSON.stringify(more));
  t.true(read < 2_000, `${read} documents`);
});
