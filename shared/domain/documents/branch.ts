import { z } from 'zod';
import { CommitSha } from '../names/commit-sha.ts';
import { Instant } from './waiting.ts';

/** A tracked branch as the pushes told it. */
export const Branch = z.object({
  repo: z.string(),
  branch: z.string(),
  head: CommitSha,
  /** Grows with every rewritten history. */
  epoch: z.int().min(1),
  /** The place of the head. */
  place: z.int().min(1),
  /** The last head whose builds are on record; the head, unless its message said to skip it. */
  planned: CommitSha.optional(),
  updatedAt: Instant,
});
export type Branch = z.infer<typeof Branch>;
