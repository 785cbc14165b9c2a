/**
 * What the adapter stores beside a document's own fields. Terraform declares what Firestore does with them:
 *
 * - `_json` and `_bytes` need no index, so each collection's `_json` and the group `parts`' `_bytes` are exempt
 *   (a text is indexed by its first 1,500 bytes, which costs storage and time and serves no query);
 * - `_expireAt` carries the TTL policy, in every collection whose documents have `expireAt` and in the group
 *   `parts`; it needs no index either (https://firebase.google.com/docs/firestore/ttl).
 *
 * Every collection keeps its own index over `_changedAt`, which watching asks for.
 */
export const STORED = {
  /** JSON text of the fields that no query can name. */
  json: '_json',
  /** `{ id, count }`: that text is too large for one document, and is in so many documents of {@link PARTS}. */
  parts: '_parts',
  /** A timestamp, from the text field `expireAt`: Firestore deletes the document after it, within a day or so. */
  expireAt: '_expireAt',
  /** When the server stored it. */
  changedAt: '_changedAt',
  /** A piece of a large text, compressed; in documents of {@link PARTS} only. */
  bytes: '_bytes',
  /** Never stored: to remove it changes nothing, under the condition that nobody else changed the document. */
  guard: '_guard',
} as const;

/** The collection below a large document, which holds its text. */
export const PARTS = 'parts';
