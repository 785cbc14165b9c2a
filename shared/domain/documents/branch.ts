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
  updatedAt: Instant,
});
export type Branch = z.infer<typeof Branch>;
