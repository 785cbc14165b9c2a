/** Where a page ends, opaque to callers: the key of its last document in base64url. */
export function cursorOf(key: string): string {
  return btoa(key).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The key behind which the next page begins; nothing when the text is not a cursor. */
export function keyBehind(cursor: string): string | undefined {
  if (!/^[A-Za-z0-9_-]{1,2048}$/.test(cursor) || cursor.length % 4 === 1) return undefined;
  const key = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
  return /^[\x21-\x7e]+$/.test(key) ? key : undefined;
}
