import type { z } from 'zod';
import { PermanentError } from '../permanent-error.ts';

/**
 * The payload, with the fields that the schema asks for. What was found instead is never repeated: it may be a secret.
 *
 * @throws {PermanentError} naming every field that is not as expected.
 */
export function readPayload<T>(schema: z.ZodType<T>, text: string, what: string): T {
  const parsed = schema.safeParse(parseJson(text, what));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the body'}: ${message}`,
  );
  throw new PermanentError(`Cannot read the ${what}: ${issues.join('; ')}`);
}

/** The value of a JSON text. V8's own message shows a piece of the text, so only the place is taken from it. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const place = /line \d+ column \d+/.exec(error.message)?.[0];
    throw new PermanentError(
      `Cannot read the ${what}: the body is not JSON${place === undefined ? '' : ` (${place})`}`,
    );
  }
}
