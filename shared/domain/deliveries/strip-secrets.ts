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
  const texts: string[] = [];
  const hasSecretField = collect(value, texts, 0);
  // Nearly every payload is clean, and one look at all of its texts is far faster than a look at each.
  const all = texts.join('\n');
  const isClean = !hasSecretField && redact(all) === all;
  return redact(isClean ? json : JSON.stringify(strip(value, redact)));
}

/** Gathers what may hold a secret; returns whether there is a field that always does. */
function collect(value: unknown, texts: string[], depth: number): boolean {
  if (typeof value === 'string') texts.push(value);
  if (typeof value === 'number') texts.push(String(value));
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= MAX_DEPTH) {
    throw new PermanentError(`Cannot read the body: it is nested more than ${MAX_DEPTH} levels deep`);
  }
  let found = false;
  for (const [name, field] of Object.entries(value)) {
    texts.push(name);
    if (SECRET_FIELDS.has(name)) found = true;
    if (collect(field, texts, depth + 1)) found = true;
  }
  return found;
}

function strip(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number') return redact(String(value)) === String(value) ? value : REMOVED;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => strip(item, redact));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]: [string, unknown]) => {
      const isSecret = SECRET_FIELDS.has(name) && field !== null && field !== '';
      return [redact(name), isSecret ? REMOVED : strip(field, redact)];
    }),
  );
}
