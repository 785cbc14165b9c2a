import { z } from 'zod';
import { CommitSha } from '../names/commit-sha.ts';
import { Digest } from '../names/digest.ts';
import { Instant } from './waiting.ts';

const End = z.object({ commit: CommitSha.optional(), digest: Digest.optional() });

/** An entry in the ledger: a tag was moved, or the move was refused or waits for a person, and why. */
export const Move = z.object({
  image: z.string(),
  tag: z.string(),
  sequence: z.int().min(1),
  at: Instant,
  verdict: z.enum(['moved', 'refused', 'waiting']),
  from: End.optional(),
  to: End,
  /** A sentence: "prod is 3 commits ahead". */
  reason: z.string(),
});
export type Move = z.infer<typeof Move>;
