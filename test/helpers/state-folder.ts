import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { openSqliteDocuments, type SqliteDocuments } from '../../shared/adapters/documents/sqlite.ts';
import type { QueryShape } from '../../shared/ports/documents.ts';

/** A state file in a folder of its own, to be opened as often as one likes; everything is gone after the test. */
export async function stateFolder(t: Pick<ExecutionContext, 'teardown'>, queries: readonly QueryShape[]) {
  const folder = await mkdtemp(join(tmpdir(), 'headway-documents-'));
  const path = join(folder, 'state.db');
  const opened: SqliteDocuments[] = [];
  t.teardown(async () => {
    await Promise.all(opened.map(documents => documents.close()));
    await rm(folder, { recursive: true });
  });
  return {
    folder,
    path,
    open(): SqliteDocuments {
      const documents = openSqliteDocuments({ path, queries });
      opened.push(documents);
      return documents;
    },
  };
}
