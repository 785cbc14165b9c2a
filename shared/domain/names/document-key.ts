/**
 * Document keys: parts joined by `!`, made and parsed only here. `parseKey(formatKey(parts))` gives the parts
 * back, whatever characters they hold.
 *
 * The alphabet suits every engine: Firestore ids may hold no `/`, may not be `.` or `..`, nor match `__.*__`
 * (https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields).
 */
export function formatKey(...parts: readonly string[]): string {
  return parts.map(encodePart).join('!');
}

/** @throws {URIError} when the key was not made by {@link formatKey}. */
export function parseKey(key: string): string[] {
  return key.split('!').map(part => (part === '~' ? '' : decodeURIComponent(part)));
}

function encodePart(part: string): string {
  if (part === '') return '~';
  return encodeURIComponent(part.toWellFormed())
    .replaceAll('!', '%21')
    .replace(/^~$/, '%7E')
    .replace(/^_/, '%5F')
    .replace(/^\.{1,2}$/, dots => dots.replaceAll('.', '%2E'));
}
