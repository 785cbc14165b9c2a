import { isDigest } from '../../../domain/names/digest.ts';
import type { Observation } from '../../../ports/target.ts';

/**
 * What a program says of what runs, by the last line that it prints: a digest, alone or behind `repository@` as
 * `docker inspect` prints it; nothing at all when it does not run; or `held:`, `updating:` or `unhealthy:` and why.
 *
 * @returns nothing when it is none of these.
 */
export function parseObservation(printed: string): Observation | undefined {
  const line = printed.trim().split('\n').at(-1)?.trim() ?? '';
  if (line === '') return { state: 'absent' };
  const [, state, reason = ''] = /^(held|updating|unhealthy):\s*(.+)$/.exec(line) ?? [];
  if (state === 'held' || state === 'updating' || state === 'unhealthy') return { state, reason };
  const digest = line.slice(line.lastIndexOf('@') + 1);
  return isDigest(digest) ? { state: 'running', digest } : undefined;
}
