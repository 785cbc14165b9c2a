import { z } from 'zod';
import { Instant } from './waiting.ts';

/** A person's word that nothing more is built for now. There is one such document. */
export const QueuePause = z.object({
  paused: z.object({ by: z.string(), why: z.string(), since: Instant }).optional(),
  /** Who ended the last one. */
  resumed: z.object({ by: z.string(), at: Instant }).optional(),
});
export type QueuePause = z.infer<typeof QueuePause>;
