import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { store } from '../contracts/documents.ts';
import { stateFolder } from '../helpers/state-folder.ts';

const NOON = Date.parse('2030-01-01T12:00:00.000Z');
const HOUR = 3_600_000;

function thing(key: string) {
  return { collection: 'things', key };
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}

test('expire() deletes the documents whose time has come, and no others', async t => {
  const documents = (await stateFolder(t, [])).open();
  await store(documents, thing('past'), { expireAt: at(NOON - 1) });
  await store(documents, thing('now'), { expireAt: at(NOON) });
  await store(documents, thing('later'), { expireAt: at(NOON + 1) });
  await store(documents, thing('never'), {});
  await store(documents, thing('prolonged'), { expireAt: at(NOON - 1) });
  await store(documents, thing('prolonged'), { expireAt: at(NOON + 1) });
  await store(documents, thing('kept'), { expireAt: at(NOON - 1) });
  await store(documents, thing('kept'), {});
  t.is(await documents.expire(NOON), 2);
  const left = await documents.query({ collection: 'things', limit: 10 });
  t.deepEqual(
    left.map(({ key }) => key),
    ['kept', 'later', 'never', 'prolonged'],
  );
  t.is(await documents.expire(NOON), 0);
});

test('expire() deletes however many have expired', async t => {
  const documents = (await stateFolder(t, [])).open();
  const keys = Array.from({ length: 450 }, (_, i) => `k${i}`);
  await Promise.all(keys.map(key => store(documents, thing(key), { expireAt: at(NOON) })));
  t.is(await documents.expire(NOON), 450);
});

test('expire() tells watchers', async t => {
  const documents = (await stateFolder(t, [])).open();
  await store(documents, thing('a'), { expireAt: at(NOON) });
  const told = new Promise(resolve => documents.watch(resolve));
  await documents.expire(NOON);
  t.deepEqual(await told, thing('a'));
});

test('what remains of deleted documents goes an hour later, and changes are counted on', async t => {
  const { open, path } = await stateFolder(t, []);
  const documents = open();
  await store(documents, thing('a'), {});
  await store(documents, thing('b'), {});
  await store(documents, thing('a'), undefined);
  await store(documents, thing('b'), undefined);
  const db = new DatabaseSync(path);
  t.teardown(() => db.close());
  const remains = () =>
    db
      .prepare('SELECT key, change FROM documents ORDER BY change')
      .all()
      .map(row => ({ ...row }));
  await documents.expire(NOON);
  await documents.expire(NOON + HOUR - 1);
  t.deepEqual(remains(), [
    { key: 'a', change: 3 },
    { key: 'b', change: 4 },
  ]);
  await documents.expire(NOON + HOUR);
  t.deepEqual(remains(), [{ key: 'b', change: 4 }]);
  await store(documents, thing('c'), {});
  await documents.expire(NOON + 2 * HOUR);
  t.deepEqual(remains(), [{ key: 'c', change: 5 }]);
});
