import { z } from 'zod';

/** A moment: RFC 3339 in UTC with milliseconds, as `Date#toISOString` writes it, so that text order is time order. */
export const Instant = z.iso.datetime({ precision: 3 });
export type Instant = z.infer<typeof Instant>;

/** Who is acting on a document, and when that word expires: an act's deadline is well inside its claim. */
export const Claim = z.object({ by: z.string(), until: Instant });
export type Claim = z.infer<typeof Claim>;

/** The fields of every document that can wait: the sweep asks for what is `due`, and nothing else does. */
export const waiting = {
  /** When somebody should look at it next; absent when it is settled. */
  due: Instant.optional(),
  claim: Claim.optional(),
  /** Consecutive failures; 0 after a success. */
  attempts: z.int().min(0),
  /** What went wrong last, as a sentence for people; secrets are removed. */
  lastError: z.string().optional(),
};

/** Where messages go: each function listens to its own. */
export const Topic = z.enum(['pushes', 'builds', 'notices', 'tags', 'deploys', 'promotions', 'gates']);
export type Topic = z.infer<typeof Topic>;
