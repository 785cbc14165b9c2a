import test from 'ava';
import { PARTS, STORED } from '../../shared/adapters/documents/firestore/stored-names.ts';
import * as records from '../../shared/records/collections.ts';
import { compositeIndexes } from '../../shared/records/indexes.ts';
import { queries } from '../../shared/records/queries.ts';
import { insideOf, stringsOf, terraformText } from '../helpers/terraform-text.ts';

const firestore = terraformText('firestore.tf');
const collections = Object.values(records).filter(each => typeof each === 'object');

test('firestore.tf declares the composite indexes that the queries need, and no other', t => {
  const declared = [...firestore.matchAll(/\{ collection = "(\w+)", fields = \[(.*)\] \}/g)].map(
    ([, collection, fields = '']) => `${collection}: ${fields.replaceAll('"', '')}`,
  );
  const needed = compositeIndexes(queries).map(({ collection, fields }) => {
    const written = fields.map(({ field, order }) => (order === 'DESCENDING' ? `${field} desc` : field));
    return `${collection}: ${written.join(', ')}`;
  });
  t.deepEqual(declared, needed.sort());
});

test('firestore.tf lets the documents expire that have a time to expire at, and no other', t => {
  const expiring = collections
    .filter(({ schema }) => 'shape' in schema && 'expireAt' in (schema.shape as object))
    .map(({ name }) => name);
  t.deepEqual(stringsOf(firestore, 'expiring'), [...expiring, PARTS].sort());
  const policy = insideOf(firestore, 'resource "google_firestore_field" "expiry"');
  t.true(policy.includes(`field      = "${STORED.expireAt}"`));
});

test('firestore.tf keeps the large texts of every collection out of the indexes', t => {
  t.deepEqual(stringsOf(firestore, 'collections'), [...new Set(collections.map(({ name }) => name))].sort());
  t.true(firestore.includes(`name => "${STORED.json}" }, { ${PARTS} = "${STORED.bytes}" })`));
});
