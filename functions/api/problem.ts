import { z } from 'zod';
import { problem } from '../../shared/domain/problem.ts';
import type { HttpAnswer } from '../../shared/ports/http.ts';

/** Problem details for HTTP, https://www.rfc-editor.org/rfc/rfc9457 */
export const Problem = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  /** What went wrong and what to do about it, as a sentence. */
  detail: z.string(),
  /** For 400: what is wrong with which parameter. */
  parameters: z.array(z.object({ name: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
export type BadParameter = { readonly name: string; readonly message: string };

/** A 400 that names the parameters and says what was expected of each. */
export function badParameters(parameters: readonly BadParameter[]): HttpAnswer {
  const list = parameters.map(({ name, message }) => `"${name}": ${message}`).join('; ');
  return problem(400, `Cannot read the request's parameters: ${list}`, {}, { parameters });
}
