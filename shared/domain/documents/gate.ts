import { z } from 'zod';
import { CommitSha } from '../names/commit-sha.ts';
import { Digest } from '../names/digest.ts';
import { Instant, waiting } from './waiting.ts';

/** One person's word where a gate asks people. */
export const Voice = z.object({
  by: z.string(),
  at: Instant,
  approves: z.boolean(),
  why: z.string().optional(),
});
export type Voice = z.infer<typeof Voice>;

/** Whose voices a gate that asks people counts, and how many it takes until when. */
export const Approval = z.object({ count: z.int(), from: z.array(z.string()).optional(), until: Instant });
export type Approval = z.infer<typeof Approval>;

/** What a gate found of one image by digest, or is to find. A pass is not asked for again while it is valid. */
export const GateResult = z.object({
  image: z.string(),
  digest: Digest,
  gate: z.string(),
  /** The tag that the gate is told of: what wants to move. */
  tag: z.string().optional(),
  /** Whether the answer holds for that tag alone. */
  ofTag: z.boolean().optional(),
  /** Where it is known. */
  commit: CommitSha.optional(),
  /** The first three have no answer yet, as in {@link GateState}. */
  state: z.enum(['open', 'waiting', 'blocked', 'passed', 'failed']),
  /** A sentence. */
  reason: z.string(),
  /** The gate's settings as it was asked, as JSON: under others it would have to be asked again. */
  settings: z.string(),
  /** Since when an answer is wanted, where a promotion does not ask. */
  since: Instant.optional(),
  startedAt: Instant,
  /** When it was found so. */
  at: Instant,
  /** The promotion that asked. */
  promotion: z.int().min(1).optional(),
  /** The person who asked, until there is an answer. */
  by: z.string().optional(),
  /** Where its output is kept, among the artifacts. */
  log: z.string().optional(),
  /** Where it asks people, with what each of them said last. */
  approval: Approval.optional(),
  voices: z.array(Voice).optional(),
  ...waiting,
  attempts: waiting.attempts.default(0),
});
export type GateResult = z.infer<typeof GateResult>;

/**
 * `open`: not asked yet. `waiting`: it has no answer yet. `blocked`: it could not be run. All three are asked again, and
 * hold the tag back until then. `skipped`: a person said that it need not pass.
 */
export const GateState = z.enum(['open', 'waiting', 'blocked', 'passed', 'failed', 'skipped']);
export type GateState = z.infer<typeof GateState>;

/** How a gate of a promotion stands. */
export const GateStanding = z.object({
  gate: z.string(),
  /** Absent where the gate is about the promotion as a whole. */
  image: z.string().optional(),
  state: GateState,
  /** Why, as a sentence. */
  reason: z.string().optional(),
  /** When it was found so. */
  at: Instant.optional(),
  /** When it is asked next. */
  again: Instant.optional(),
  /** How often in a row it could not be run. */
  tries: z.int().min(0).optional(),
  /** Where its output is kept, among the artifacts. */
  log: z.string().optional(),
  /** The promotion that found it, where that was an earlier one. */
  from: z.int().min(1).optional(),
  /** Where it asks people. */
  approval: Approval.optional(),
});
export type GateStanding = z.infer<typeof GateStanding>;

/** A person's word that a gate need not pass. */
export const Skip = z.object({ gate: z.string(), why: z.string() });
export type Skip = z.infer<typeof Skip>;
