import { z } from 'zod';
import { Instant } from './waiting.ts';

/** Whether the lists of what a promotion came to are kept, and every wiki shows it. */
export const ShownPages = z.object({
  state: z.enum(['waiting', 'shown']),
  /** Since when. */
  at: Instant.optional(),
  /** Tries that failed, one after the other. */
  attempts: z.int().min(0),
  /** Why the last try failed, as a sentence. */
  message: z.string().optional(),
});
export type ShownPages = z.infer<typeof ShownPages>;
