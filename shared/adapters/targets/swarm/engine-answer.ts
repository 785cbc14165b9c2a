import type { z } from 'zod';

/** What the engine answered, checked. @throws {Error} the rest of a sentence, for what is not an engine's answer. */
export function engineAnswer<T>(schema: z.ZodType<T>, answer: unknown): T {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const where = read.error.issues[0]?.path.join('.') ?? '';
  const what = where === '' ? '' : ` ("${where}")`;
  throw new Error(`it did not answer as the Docker Engine's API does${what}; check the address`);
}
