import test from 'ava';
import * as collections from '../../shared/records/collections.ts';
import { compositeIndexes } from '../../shared/records/indexes.ts';
import { queries } from '../../shared/records/queries.ts';
import { stringsOf, terraformText } from '../helpers/terraform-text.ts';

const firestore = terraformText('firestore.tf');

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
  const expiring = Object.values(collections)
    .filter(collection => typeof collection === 'object')
    .filter(({ schema }) => 'shape' in schema && 'expireAt' in (schema.shape as object))
    .map(({ name }) => name);
  t.deepEqual(stringsOf(firestore, 'expiring'), expiring.sort());
});
