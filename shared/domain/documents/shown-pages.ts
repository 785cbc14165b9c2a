import { z } from 'zod';
import { Instant } from './waiting.ts';

/** How far the wikis show what a promotion came to. */
export const ShownPages = z.object({
  state: z.enum(['waiting', 'shown']),
  /** Since when they do. */
  at: Instant.optional(),
  /** Tries that failed, one after the other. */
  attempts: z.int().min(0),
  /** Why the last try failed, as a sentence. */
  message: z.string().optional(),
});
export type ShownPages = z.infer<typeof ShownPages>;
