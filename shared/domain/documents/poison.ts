import { z } from 'zod';
import { Instant } from './waiting.ts';

/** A message that could not be understood or handled, kept with the reason so that it can be re-driven. */
export const Poison = z.object({
  id: z.string(),
  topic: z.string(),
  message: z.string(),
  reason: z.string(),
  at: Instant,
});
export type Poison = z.infer<typeof Poison>;
