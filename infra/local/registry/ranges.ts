/** Bytes from `start` up to and including `end`. */
export type ByteRange = { readonly start: number; readonly end: number };

/**
 * The part of `size` bytes that a `Range` header asks for (RFC 9110, section 14.2): all of it (`undefined`) where
 * the header is absent, malformed or asks for several parts, which may be ignored; `unsatisfiable` beyond the end.
 */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  if (last !== '' && Number(last) < Number(first)) return undefined;
  if (Number(first) >= size) return 'unsatisfiable';
  return { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

/**
 * The `Content-Range` of a chunk, as the distribution specification writes it: `start-end`. Some clients write
 * HTTP's own `bytes start-end/size`. @returns nothing when it is neither.
 */
export function parseContentRange(header: string): ByteRange | undefined {
  const [, start, end] = /^(?:bytes )?(\d{1,15})-(\d{1,15})(?:\/(?:\d+|\*))?$/.exec(header) ?? [];
  if (start === undefined || end === undefined || Number(end) < Number(start)) return undefined;
  return { start: Number(start), end: Number(end) };
}
