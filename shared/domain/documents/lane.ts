import { z } from 'zod';
import { Instant } from './waiting.ts';

/** Who is being deployed at a target right now, each until when at the latest: a worker may die on the way. */
export const Lane = z.object({ target: z.string(), holders: z.record(z.string(), Instant) });
export type Lane = z.infer<typeof Lane>;
