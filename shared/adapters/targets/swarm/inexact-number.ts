/**
 * A number in what JSON.parse made that is not the number that was written: beyond 2^53 not every integer exists. Sent
 * back it would be another one.
 */
export function inexactNumber(value: unknown): number | undefined {
  if (typeof value === 'number') {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? value : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const part of Object.values(value)) {
    const found = inexactNumber(part);
    if (found !== undefined) return found;
  }
  return undefined;
}
