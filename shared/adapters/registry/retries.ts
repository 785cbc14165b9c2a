import { RegistryError } from '../../ports/registry-error.ts';
import { retrying as attempts, BLIPS, isConnectionCode } from '../http/retries.ts';

/**
 * Up to three tries of something that is safe to repeat, while it fails as blips do: a lost connection, 429, 502,
 * 503 or 504. A missed deadline is not repeated: the deadline is the caller's time.
 */
export function retrying<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return attempts(attempt, { judge: judgeBlip, signal });
}

function judgeBlip(error: unknown): false | { readonly after: number | undefined } {
  if (!(error instanceof RegistryError)) return false;
  const isBlip = BLIPS.has(error.status ?? 0) || (error.temporary && error.codes.some(isConnectionCode));
  return isBlip && { after: error.retryAfter };
}
