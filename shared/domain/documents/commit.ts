import { z } from 'zod';
import { CommitSha } from '../names/commit-sha.ts';
import { Instant } from './waiting.ts';

/**
 * Where a pushed head stands on a tracked branch. Within one epoch a larger place is a newer commit, and the
 * difference is the number of commits between, as far as the pushes told it.
 */
export const Place = z.object({ epoch: z.int().min(1), place: z.int().min(1) });
export type Place = z.infer<typeof Place>;

/** A commit that was the head of a push, or that a notice named. */
export const Commit = z.object({
  repo: z.string(),
  sha: CommitSha,
  author: z.string().optional(),
  subject: z.string().optional(),
  committedAt: Instant.optional(),
  /** When its push was received. */
  pushedAt: Instant.optional(),
  /** Its place on each branch of which it was once the head. */
  places: z.record(z.string(), Place),
});
export type Commit = z.infer<typeof Commit>;

/** The kept answer to "what is `a`, seen from `b`?". Ancestry never changes, so neither does an answer. */
export const Order = z.object({
  repo: z.string(),
  a: CommitSha,
  b: CommitSha,
  relation: z.enum(['newer', 'older', 'diverged']),
  /** How many commits lie between them, where the forge told. */
  distance: z.int().min(0).optional(),
});
export type Order = z.infer<typeof Order>;
