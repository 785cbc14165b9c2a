import { z } from 'zod';
import { CommitSha } from '../names/commit-sha.ts';
import { Digest } from '../names/digest.ts';
import { Instant, waiting } from './waiting.ts';

/** A built image that asks for a tag: taken from its notice, kept until it is judged for good. */
export const Candidate = z.object({
  commit: CommitSha,
  digest: Digest,
  /** When the build started: a rebuild of the same commit is newer if it started later. */
  startedAt: Instant.optional(),
  /** Why it waits, once it was judged and had to. */
  waits: z.string().optional(),
});
export type Candidate = z.infer<typeof Candidate>;

/** What a tag points to. The commit is unknown where others move the tag. */
export const Standing = z.object({
  commit: CommitSha.optional(),
  digest: Digest,
  startedAt: Instant.optional(),
  at: Instant,
  /** Why it is to be moved there from where it was observed last. */
  why: z.string().optional(),
  /** Who said so, where a person did: it is moved there whatever the registry has now. */
  by: z.string().optional(),
  /** What a person took it back from to get here, the last first: whatever runs one of these goes back at once. */
  takenBackFrom: z.array(Digest).optional(),
});
export type Standing = z.infer<typeof Standing>;

/** A person's word that something stays as it is. */
export const Hold = z.object({ by: z.string(), why: z.string(), since: Instant, until: Instant.optional() });
export type Hold = z.infer<typeof Hold>;

/** Which Git tags put their commits up for a tag: those of a pattern, or versions in a range. */
export const GitTagRule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pattern'), pattern: z.string() }),
  z.object({ kind: z.literal('versions'), range: z.string(), preReleases: z.boolean() }),
]);
export type GitTagRule = z.infer<typeof GitTagRule>;

/** What moves a tag forward: every commit of a branch, or those that Git tags name, on whichever branch. */
export const Follows = z.object({ repo: z.string(), branch: z.string(), gitTags: GitTagRule.optional() });
export type Follows = z.infer<typeof Follows>;

/** What a person took a tag back from: automation goes on with something newer, or when it is released. */
export const RolledBack = z.object({
  commit: CommitSha.optional(),
  digest: Digest,
  startedAt: Instant.optional(),
  by: z.string(),
  why: z.string(),
  at: Instant,
});
export type RolledBack = z.infer<typeof RolledBack>;

/** A moving name on an image. */
export const Tag = z.object({
  image: z.string(),
  tag: z.string(),
  /** What it stands on the newest of; absent where people or others move it. */
  follows: Follows.optional(),
  /** Made from its branch's name: no entry under tags names it. */
  ofBranch: z.boolean().optional(),
  /** Not judged yet, or waiting for an order that is not known. */
  candidates: z.array(Candidate),
  wanted: Standing.optional(),
  observed: Standing.optional(),
  /** Digests that headway may have put there in an act whose end it did not see. */
  attempted: z.array(Digest),
  /** When somebody last pushed it, or may have: what the registry has now must be read, once more for each push. */
  look: Instant.optional(),
  /** Entries in the ledger so far. */
  sequence: z.int().min(0),
  hold: Hold.optional(),
  rolledBack: RolledBack.optional(),
  /** A promotion was undone, which had it name `from`: when it is next found at `to`, that is a way back. */
  undone: z.object({ from: Digest, to: Digest }).optional(),
  /**
   * The gates that it waits for, before it moves to a candidate: nobody asks what no tag waits for. `people` is the
   * commit that people are asked about, where the gate asks people.
   */
  asks: z.array(z.object({ gate: z.string(), digest: Digest, people: CommitSha.optional() })).optional(),
  /** How often a Git tag that it follows was told of: what was asked about its candidates before is old. */
  heard: z.int().min(0).optional(),
  ...waiting,
});
export type Tag = z.infer<typeof Tag>;
