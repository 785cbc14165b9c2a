import { z } from 'zod';
import { CommitSha } from '../names/commit-sha.ts';
import { Instant } from './waiting.ts';

/** A Git tag as the pushes told it. */
export const GitTag = z.object({
  repo: z.string(),
  /** Without `refs/tags/`. */
  name: z.string(),
  /** The commit that it names, or named when it was deleted. */
  commit: CommitSha.optional(),
  deleted: z.boolean(),
  /** When the delivery that told it was received: an older one says nothing more. */
  at: Instant,
});
export type GitTag = z.infer<typeof GitTag>;
