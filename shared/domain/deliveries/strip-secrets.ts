import { PermanentError } from '../permanent-error.ts';

type Redact = (text: string) => string;

/** Fields of payloads that let their reader act: Docker Hub's callback, and the secret that old Giteas send along. */
const SECRET_FIELDS: ReadonlySet<string> = new Set(['callback_url', 'secret']);
const REMOVED = '[removed]';
/** Real payloads stay under ten; a text nested without end must not exhaust the stack. */
const MAX_DEPTH = 100;

/**
 * A JSON text without secrets, unchanged where it holds none. Every text and number in it is looked at as it
 * reads, so that a secret cannot hide behind JSON's escapes.
 *
 * @throws {PermanentError} when it is nested more than 100 levels deep. @throws {SyntaxError} when it is not JSON.
 */
export function stripSecrets(json: string, redact: Redact): string {
  const value: unknown = JSON.parse(json);
  const clean = strip(value, redact, 0);
  return redact(clean === value ? json : JSON.stringify(clean));
}

/** The value itself when there is nothing to remove. */
function strip(value: unknown, redact: Redact, depth: number): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number') return redact(String(value)) === String(value) ? value : REMOVED;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) {
    throw new PermanentError(`Cannot read the body: it is nested more than ${MAX_DEPTH} levels deep`);
  }
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => strip(item, redact, depth + 1));
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  let changed = false;
  const fields = Object.entries(value).map(([name, field]: [string, unknown]) => {
    const isSecret = SECRET_FIELDS.has(name) && field !== null && field !== '';
    const clean = [redact(name), isSecret ? REMOVED : strip(field, redact, depth + 1)] as const;
    changed ||= clean[0] !== name || clean[1] !== field;
    return clean;
  });
  return changed ? Object.fromEntries(fields) : value;
}
