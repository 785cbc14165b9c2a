import test from 'ava';
import { documentsContract } from '../contracts/documents.ts';
import { firestorePlace } from '../helpers/firestore-place.ts';
import { need } from '../helpers/need.ts';

if (need('FIRESTORE_EMULATOR_HOST') === undefined) {
  test('documents in Firestore', t => {
    t.log('skipped: FIRESTORE_EMULATOR_HOST is not set');
    t.pass();
  });
} else {
  documentsContract(test, 'documents in Firestore', async (t, queries) => {
    const { open } = firestorePlace(t, queries);
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
}
