import { randomBytes } from 'node:crypto';
import test from 'ava';
import { PARTS, STORED } from '../../shared/adapters/documents/firestore/stored-names.ts';
import type { Fields, QueryShape } from '../../shared/ports/documents.ts';
import { store } from '../contracts/documents.ts';
import { firestorePlace } from '../helpers/firestore-place.ts';
import { need } from '../helpers/need.ts';

const queries: readonly QueryShape[] = [{ collection: 'deliveries', where: ['status'] }];
const ref = { collection: 'deliveries', key: 'github!1' };
const MEGABYTE = 2 ** 20;
const DAY_MS = 86_400_000;

if (need('FIRESTORE_EMULATOR_HOST') === undefined) {
  test('large documents in Firestore', t => {
    t.log('skipped: FIRESTORE_EMULATOR_HOST is not set');
    t.pass();
  });
} else {
  const bodies: readonly (readonly [title: string, body: () => string])[] = [
    ['of 25 MB, as webhooks look', () => '{"id":"c0ffee","message":"ä change"},'.repeat(25 * 28_000)],
    ['of 3 MB that cannot be compressed', () => randomBytes(1.5 * MEGABYTE).toString('hex')],
    ['just below what one Firestore document takes', () => 'a'.repeat(899_950)],
    ['just above it', () => 'a'.repeat(900_000)],
    ['of many bytes for few characters', () => '漢'.repeat(400_000)],
  ];
  for (const [title, body] of bodies) {
    test(`a document with a text ${title} comes back as it was stored, and queries find it`, async t => {
      const documents = firestorePlace(t, queries).open();
      const fields = { status: 'waiting', body: body(), attempts: 0 };
      await store(documents, ref, fields);
      t.true(sameText(await documents.get(ref), fields));
      const where = [{ field: 'status', is: '==', value: 'waiting' }] as const;
      const [found] = await documents.query({ collection: 'deliveries', where, limit: 10 });
      t.true(sameText(found?.fields, fields));
      const seen = await documents.transact([ref], ([read]) => ({ result: read, writes: [] }));
      t.true(sameText(seen, fields));
    });
  }

  test('the pieces of a large document go when it is replaced or deleted', async t => {
    const place = firestorePlace(t, queries);
    const documents = place.open();
    const raw = place.raw();
    const pieces = async () => (await raw.collectionGroup(PARTS).get()).size;
    const put = (fields: Fields | undefined) =>
      documents.transact([ref], () => ({ result: undefined, writes: [{ ref, fields }] }));
    await put({ body: randomBytes(MEGABYTE).toString('hex') });
    t.is(await pieces(), 2);
    await put({ body: 'a'.repeat(MEGABYTE) });
    t.is(await pieces(), 1);
    await put({ body: 'small' });
    t.is(await pieces(), 0);
    await put({ body: 'a'.repeat(MEGABYTE) });
    await put(undefined);
    t.is(await pieces(), 0);
  });

  test('whoever reads a large document while it is replaced sees one text or the other, whole', async t => {
    const place = firestorePlace(t, queries);
    const [writer, reader] = [place.open(), place.open()];
    const texts = ['a', 'b'].map(letter => letter.repeat(MEGABYTE));
    await store(writer, ref, { body: texts[0] });
    let writing = true;
    const write = async () => {
      for (let round = 1; round <= 10; round += 1) {
        const fields = { body: texts[round % 2] };
        await writer.transact([ref], () => ({ result: undefined, writes: [{ ref, fields }] }));
      }
      writing = false;
    };
    const read = async () => {
      while (writing) t.true(texts.includes(String((await reader.get(ref))?.['body'])));
    };
    await Promise.all([write(), read(), read()]);
  });

  test('what expires carries the time as Firestore wants it, and its pieces a later one', async t => {
    const place = firestorePlace(t, queries);
    const documents = place.open();
    const raw = place.raw();
    const expireAt = '2030-01-01T00:00:00.000Z';
    await store(documents, ref, { expireAt, body: 'a'.repeat(MEGABYTE) });
    const expiryOf = (stored: FirebaseFirestore.DocumentSnapshot | undefined) =>
      stored?.get(STORED.expireAt)?.toDate().toISOString();
    t.is(expiryOf(await raw.doc(`${ref.collection}/${ref.key}`).get()), expireAt);
    const [piece] = (await raw.collectionGroup(PARTS).get()).docs;
    t.is(expiryOf(piece), new Date(Date.parse(expireAt) + 7 * DAY_MS).toISOString());
    t.is((await documents.get(ref))?.['expireAt'], expireAt);
    await documents.transact([ref], () => ({ result: undefined, writes: [{ ref, fields: { body: '' } }] }));
    t.is(expiryOf(await raw.doc(`${ref.collection}/${ref.key}`).get()), undefined);
  });

  test('a document with more short texts than Firestore takes is refused with a sentence', async t => {
    const documents = firestorePlace(t, queries).open();
    const fields = Object.fromEntries(
      Array.from({ length: 800 }, (_, i) => [`field${i}`, 'a'.repeat(1_400)] as const),
    );
    await t.throwsAsync(store(documents, ref, fields), {
      name: 'PermanentError',
      message: /^Cannot store documents: it is larger than Firestore takes \(.*\), store less$/,
    });
  });

  test('a document whose key is too long is refused with a sentence', async t => {
    const documents = firestorePlace(t, queries).open();
    await t.throwsAsync(store(documents, { collection: 'things', key: 'k'.repeat(1_501) }, {}), {
      name: 'PermanentError',
      message: /^Cannot store documents: it is larger than Firestore takes/,
    });
  });
}

/** A failed `deepEqual` would print megabytes. */
function sameText(found: Fields | undefined, fields: Fields): boolean {
  return JSON.stringify(sorted(found)) === JSON.stringify(sorted(fields));
}

function sorted(fields: Fields | undefined) {
  return Object.entries(fields ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}
