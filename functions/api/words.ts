import { z } from 'zod';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { Digest } from '../../shared/domain/names/digest.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Records } from '../../shared/records/records.ts';

/** What a person's word is taken with: it is stored, logged, and hinted at whoever acts on it. */
export type Words = {
  readonly records: Records;
  readonly configuration: Configuration;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly log: Log;
};

/** What a person says with every word: who, and why. */
export const by = z.string().min(1).max(200).default('the API').describe('Who says so.');
export const why = z.string().min(1).max(1_000).describe('Why, for whoever looks at it later.');

/** What says that somebody moves past a hold, where a person's word is taken. */
export const pastHold = z
  .boolean()
  .default(false)
  .describe('Go past what holds it; it is on record who said so.');

export const OnlyBy = z.strictObject({ by });

/** The path to what has a number: a hold, a promotion. */
export const Numbered = z.strictObject({ number: z.coerce.number().int().min(1).max(99_999_999) });

/** A way back: to a digest, to a commit, or to `otherwise`. */
export function rollbackTo(otherwise: string) {
  return z.strictObject({
    by,
    why,
    pastHold,
    digest: Digest.optional().describe(`To go back to; ${otherwise} when neither is named.`),
    commit: CommitSha.optional().describe('To go back to: the image that was built from it.'),
  });
}
