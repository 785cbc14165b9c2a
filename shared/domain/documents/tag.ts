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
});
export type Standing = z.infer<typeof Standing>;

/** A person's word that something stays as it is. */
export const Hold = z.object({ by: z.string(), why: z.string(), since: Instant, until: Instant.optional() });
export type Hold = z.infer<typeof Hold>;

/** A moving name on an image. */
export const Tag = z.object({
  image: z.string(),
  tag: z.string(),
  /** The branch whose newest commit it stands on; absent where others move it and headway only reads it. */
  follows: z.object({ repo: z.string(), branch: z.string() }).optional(),
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
  ...waiting,
});
export type Tag = z.infer<typeof Tag>;
