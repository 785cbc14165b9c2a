import { z } from 'zod';
import { Image } from '../configuration/images.ts';
import { CommitSha } from '../names/commit-sha.ts';
import { Digest } from '../names/digest.ts';
import { Instant, waiting } from './waiting.ts';

/**
 * `superseded`: a newer push of its branch took its place. `cancelled`: a person did not want it, or another image of
 * its stack failed.
 */
export const BuildStatus = z.enum(['waiting', 'building', 'succeeded', 'failed', 'superseded', 'cancelled']);
export type BuildStatus = z.infer<typeof BuildStatus>;

/** What was done, when it ended, and how long it took. */
export const BuildStep = z.object({
  name: z.string(),
  at: Instant,
  seconds: z.number().min(0).optional(),
  /** How it went, as a sentence, where that is not plain. */
  message: z.string().optional(),
});
export type BuildStep = z.infer<typeof BuildStep>;

/** A pull request whose image is built and tested, and moves nothing. */
export const TryJob = z.object({ number: z.int().min(1), patch: z.int().min(1) });
export type TryJob = z.infer<typeof TryJob>;

/** An image of the same commit that somebody else pushed. */
export const Told = z.object({
  digest: Digest,
  buildId: z.string().optional(),
  startedAt: Instant.optional(),
  parentDigest: Digest.optional(),
});

/** The record of one image at one commit. */
export const Build = z.object({
  image: z.string(),
  commit: CommitSha,
  repo: z.string(),
  branch: z.string().optional(),
  /** The commit of its own repo, whose files it is built from, where it belongs to the commits of another. */
  sourceCommit: CommitSha.optional(),
  status: BuildStatus,
  /** Why it is built, or why it is not, as ends of sentences; the one that says most first. */
  reasons: z.array(z.string()).optional(),
  /** Nothing of it changed since this commit: the image of that is taken over, if it stands on the same parent. */
  carries: CommitSha.optional(),
  /** The commit that it was compared with. */
  since: CommitSha.optional(),
  /** What it was made with, in one text: an image is taken over only where nothing of this changed. */
  madeWith: z.string().optional(),
  /** How it is built, where the commit itself says so; the configuration does otherwise. */
  recipe: Image.optional(),
  /** The tag that its branch has, and that follows the branch. */
  branchTag: z.string().optional(),
  /** Branches that came to its commit after it was asked for, each with the tag that follows it. */
  furtherBranches: z.array(z.object({ branch: z.string(), tag: z.string().optional() })).optional(),
  tryJob: TryJob.optional(),
  /** Higher ones are started first; 0 when absent. */
  priority: z.int().optional(),
  /** The parent image that must succeed at the same commit before this one starts. */
  parent: z.string().optional(),
  /** Further images that it takes from, and that must succeed before. */
  parents: z.array(z.string()).optional(),
  /** The images that stand on it at its commit, as whoever asked for it knew them: its end wakes them. */
  children: z.array(z.string()).optional(),
  /** The exact parent this image stands on, once known. */
  parentDigest: Digest.optional(),
  /** The exact further images that it takes from, by their names, once known. */
  parentDigests: z.record(z.string(), Digest).optional(),
  digest: Digest.optional(),
  /** What somebody else told of while headway is at it; what it comes to is judged when that has ended. */
  told: Told.optional(),
  /** Tells a rebuild of the same commit from the build before it. */
  buildId: z.string().optional(),
  /** How often headway was killed while it was built. */
  deaths: z.int().min(1).optional(),
  requestedAt: Instant.optional(),
  startedAt: Instant.optional(),
  endedAt: Instant.optional(),
  /** When the notice of its end was settled. */
  noticedAt: Instant.optional(),
  builder: z.string().optional(),
  steps: z.array(BuildStep),
  /** The end of the build's output, at most 16 KiB. */
  log: z.string().optional(),
  /** Where its logs and pages are kept; of an image that was taken over, those of the build that made it. */
  results: z.string().optional(),
  /** When they were kept, or last found to be in use; absent where there are none any more. */
  keptAt: Instant.optional(),
  /** The key of the delivery that asked for it. */
  delivery: z.string().optional(),
  ...waiting,
});
export type Build = z.infer<typeof Build>;
