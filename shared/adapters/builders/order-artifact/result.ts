import { z } from 'zod';
import { Digest } from '../../../domain/names/digest.ts';

/** What came of an order: the digest, or why there is none, and whether no repeat will mend that. */
export type OrderResult = { readonly digest: Digest } | { readonly failure: string; readonly final: boolean };

const Written = z.union([
  z.object({ digest: Digest }),
  z.object({ failure: z.string(), final: z.boolean() }),
]);
/** What Kubernetes keeps of a termination message is 4,096 bytes: https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/ */
const MOST = 3_500;

export function formatResult(result: OrderResult): string {
  if ('digest' in result) return JSON.stringify({ digest: result.digest });
  let { failure } = result;
  while (Buffer.byteLength(JSON.stringify(failure)) > MOST) failure = failure.slice(0, failure.length * 0.9);
  return JSON.stringify({ failure, final: result.final });
}

/** Ours, or the digest that another tool wrote down; nothing where the text is neither. */
export function parseResult(text: string): OrderResult | undefined {
  const digest = Digest.safeParse(text.trim());
  if (digest.success) return { digest: digest.data };
  try {
    return Written.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
