import { z } from 'zod';
import { CommitSha } from '../names/commit-sha.ts';
import { Digest } from '../names/digest.ts';
import { Hold } from './tag.ts';
import { Instant, waiting } from './waiting.ts';

/** A digest with the commit it was built from, where that is known. */
export const Version = z.object({ digest: Digest, commit: CommitSha.optional(), at: Instant });
export type Version = z.infer<typeof Version>;

/**
 * Three facts on the way to green, and the ways to stop short of it: `dispatched` (asked for), `accepted` (the
 * target took it), `running` (observed running this digest).
 */
export const Phase = z.enum(['idle', 'dispatched', 'accepted', 'running', 'failed', 'held', 'unknown']);
export type Phase = z.infer<typeof Phase>;

/** A digest that did not come to run here, or that a person took it back from: it is not tried again by itself. */
export const Refused = z.object({
  /** The last that was refused: where a person said so, of whichever build. */
  digest: Digest,
  commit: CommitSha.optional(),
  at: Instant,
  reason: z.string(),
  /** Who took it back, where a person did: from the commit, and not from one build of it alone. */
  by: z.string().optional(),
  /** What runs instead. */
  back: Version.optional(),
});
export type Refused = z.infer<typeof Refused>;

/** Something at a target that follows an image and tag. */
export const Service = z.object({
  target: z.string(),
  service: z.string(),
  image: z.string(),
  tag: z.string(),
  wanted: Version.optional(),
  observed: Version.optional(),
  /** When it was last seen not to run what it should. Nobody having looked is not that. */
  notRunningAt: Instant.optional(),
  /** What ran before the last change that was observed, to go back to. */
  previous: Version.optional(),
  phase: Phase,
  /** Why it is in this phase, as a sentence, where that is not plain. */
  message: z.string().optional(),
  hold: Hold.optional(),
  /** Who said that the next deploy goes past what holds it. */
  pastHold: z.string().optional(),
  /** What failed last, until something else is wanted or a person lets it be tried again. */
  refused: Refused.optional(),
  /** Found at its target; the configuration does not name it. */
  discovered: z.boolean().optional(),
  /** Deploys so far. */
  sequence: z.int().min(0),
  ...waiting,
});
export type Service = z.infer<typeof Service>;

/** One try to make a service run one digest. */
export const Deploy = z.object({
  target: z.string(),
  service: z.string(),
  sequence: z.int().min(1),
  digest: Digest,
  commit: CommitSha.optional(),
  phase: Phase,
  /** Back to what ran before, after another deploy failed. */
  rollback: z.boolean().optional(),
  /** Who said that it goes past what held the service. */
  pastHold: z.string().optional(),
  dispatchedAt: Instant,
  acceptedAt: Instant.optional(),
  runningAt: Instant.optional(),
  endedAt: Instant.optional(),
  message: z.string().optional(),
  /** What was seen of it, a line for each change: the moment, the phase, and why. */
  log: z.string().optional(),
});
export type Deploy = z.infer<typeof Deploy>;
