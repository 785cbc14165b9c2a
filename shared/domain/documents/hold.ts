import { z } from 'zod';
import { CommitSha } from '../names/commit-sha.ts';
import { Instant } from './waiting.ts';

/** What stays as it is. A tag without an image is that tag of every image. */
export const HoldScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('everything') }),
  z.object({ kind: z.literal('image'), image: z.string() }),
  z.object({ kind: z.literal('tag'), tag: z.string(), image: z.string().optional() }),
  z.object({ kind: z.literal('service'), target: z.string(), service: z.string() }),
  z.object({ kind: z.literal('target'), target: z.string() }),
]);
export type HoldScope = z.infer<typeof HoldScope>;

/** When it ends by itself: at a moment, when what is held has come to a commit, or when a gate has passed for an image. */
export const HoldEnd = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('moment'), at: Instant }),
  z.object({ kind: z.literal('commit'), repo: z.string(), commit: CommitSha }),
  z.object({ kind: z.literal('gate'), gate: z.string(), image: z.string() }),
]);
export type HoldEnd = z.infer<typeof HoldEnd>;

/** A person's word that automation stops in front of something. */
export const StandingHold = z.object({
  /** Counts up from 1. */
  number: z.int().min(1),
  scope: HoldScope,
  by: z.string(),
  why: z.string(),
  since: Instant,
  until: HoldEnd.optional(),
  /** It stands since its tag was taken back, and is in the way of no further step back. */
  rollback: z.boolean().optional(),
  /** One whose moment has passed stands until somebody looks. */
  state: z.enum(['standing', 'ended']),
  ended: z.object({ at: Instant, by: z.string(), why: z.string().optional() }).optional(),
});
export type StandingHold = z.infer<typeof StandingHold>;
