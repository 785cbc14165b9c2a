import { z } from 'zod';
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

/** With status `about:blank` the title is the status's own name (RFC 9457, section 4.2.1). */
const TITLES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  421: 'Misdirected Request',
  503: 'Service Unavailable',
} as const;
export type ProblemStatus = keyof typeof TITLES;

/** An answer that says what went wrong. */
export function problem(
  status: ProblemStatus,
  detail: string,
  more: { readonly headers?: Record<string, string>; readonly parameters?: readonly BadParameter[] } = {},
): HttpAnswer {
  const title: string = TITLES[status];
  const body = { type: 'about:blank', title, status, detail, parameters: more.parameters };
  const headers = { ...more.headers, 'content-type': 'application/problem+json' };
  return { status, headers, body: JSON.stringify(body) };
}

export function badParameters(parameters: readonly BadParameter[]): HttpAnswer {
  const list = parameters.map(({ name, message }) => `"${name}": ${message}`).join('; ');
  return problem(400, `Cannot read the request's parameters: ${list}`, { parameters });
}
