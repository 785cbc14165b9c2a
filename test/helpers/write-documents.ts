/**
 * A process of its own that writes to a state file: `write-documents.ts PATH NAME COUNT`. It counts `total` up
 * and stores a document of its own, COUNT times, four at a time, and prints the key of each one once it is durable.
 */
import { writeSync } from 'node:fs';
import { openSqliteDocuments } from '../../shared/adapters/documents/sqlite.ts';

const [path = '', name = '', count = '0'] = process.argv.slice(2);
const documents = openSqliteDocuments({ path, queries: [] });
const total = { collection: 'things', key: 'total' };
let next = 0;
await Promise.all([0, 1, 2, 3].map(writer));
await documents.close();

async function writer(): Promise<void> {
  while (next < Number(count)) {
    const ref = { collection: 'things', key: `${name}-${next++}` };
    await documents.transact([total], ([fields]) => ({
      result: undefined,
      writes: [
        { ref: total, fields: { count: Number(fields?.['count'] ?? 0) + 1 } },
        { ref, fields: { text: 'x'.repeat(2_000) } },
      ],
    }));
    writeSync(1, `${ref.key}\n`);
  }
}
