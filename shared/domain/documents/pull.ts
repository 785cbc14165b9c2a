import { z } from 'zod';
import { CommitSha } from '../names/commit-sha.ts';
import { Instant } from './waiting.ts';

/** A pull request as the forge told of it. */
export const Pull = z.object({
  repo: z.string(),
  number: z.int().min(1),
  status: z.enum(['open', 'closed']),
  title: z.string(),
  /** The branch that it is for. */
  base: z.string(),
  headBranch: z.string(),
  fork: z.boolean(),
  /** In the order in which they arrived: the first is patch 1. */
  heads: z.array(z.object({ sha: CommitSha, at: Instant })),
  /** Which of the heads it has now. */
  patch: z.int().min(1).optional(),
  /** When the forge changed it last, of what it told of. */
  changedAt: Instant,
});
export type Pull = z.infer<typeof Pull>;
