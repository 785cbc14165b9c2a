import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { openSqliteDocuments } from '../../shared/adapters/documents/sqlite.ts';
import { queries } from '../../shared/records/queries.ts';
import {
  FACTS_OF_LINE,
  keptPromises,
  liveOnLine,
  orderlyTruth,
  type Place,
} from '../helpers/world/line-of-five.ts';
import { onSchedules } from '../helpers/world/schedules.ts';

const COLLECTIONS = ['builds', 'tags', 'services', 'branches', 'deliveries'];

/** A state file that each life opens as the one before left it. */
function inFile(path: string): Place {
  const all = COLLECTIONS.map(collection => ({ collection, where: [] }));
  const open = () => openSqliteDocuments({ path, queries: [...queries, ...all] });
  return {
    open() {
      const documents = open();
      return { documents, close: documents.close };
    },
    async snapshot() {
      const documents = open();
      const found = await Promise.all(
        COLLECTIONS.map(async collection =>
          (await documents.query({ collection, limit: 1_000 })).map(
            ({ key, fields }) => [`${collection}/${key}`, fields] as const,
          ),
        ),
      );
      await documents.close();
      return Object.fromEntries(found.flat().sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}

test('Nothing acknowledged is lost, repeats are harmless, any order has one end: crashes between any two steps, on the state file', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'headway-promises-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const truth = await orderlyTruth();
  let files = 0;
  await onSchedules(FACTS_OF_LINE, { share: 1 / 4 }, async plan => {
    const place = inFile(join(folder, `${++files}.sqlite`));
    t.deepEqual(await liveOnLine(plan, place), keptPromises(truth));
  });
});
