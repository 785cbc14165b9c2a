import { z } from 'zod';
import { Image } from '../configuration/images.ts';
import { CommitSha } from '../names/commit-sha.ts';
import { Instant } from './waiting.ts';

/** The images that a repo's own file declares at the head of its tracked branch. */
export const Stack = z.object({
  repo: z.string(),
  commit: CommitSha,
  images: z.record(z.string(), Image),
  at: Instant,
});
export type Stack = z.infer<typeof Stack>;
