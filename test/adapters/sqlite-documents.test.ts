import test from 'ava';
import { documentsContract } from '../contracts/documents.ts';
import { stateFolder } from '../helpers/state-folder.ts';

documentsContract(test, 'documents in SQLite', async (t, queries) => {
  const { open } = await stateFolder(t, queries);
  const first = open();
  return {
    documents: first,
    another: async () => open(),
    reopen: async () => {
      await first.close();
      return open();
    },
  };
});
