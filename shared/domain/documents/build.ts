import { z } from 'zod';
import { CommitSha } from '../names/commit-sha.ts';
import { Digest } from '../names/digest.ts';
import { Instant, waiting } from './waiting.ts';

export const BuildStatus = z.enum(['waiting', 'building', 'succeeded', 'failed']);
export type BuildStatus = z.infer<typeof BuildStatus>;

export const BuildStep = z.object({ name: z.string(), at: Instant });

/** The record of one image at one commit. */
export const Build = z.object({
  image: z.string(),
  commit: CommitSha,
  repo: z.string(),
  branch: z.string().optional(),
  status: BuildStatus,
  /** The parent image that must succeed at the same commit before this one starts. */
  parent: z.string().optional(),
  /** The exact parent this image stands on, once known. */
  parentDigest: Digest.optional(),
  digest: Digest.optional(),
  /** Tells a rebuild of the same commit from the build before it. */
  buildId: z.string().optional(),
  requestedAt: Instant.optional(),
  startedAt: Instant.optional(),
  endedAt: Instant.optional(),
  /** When the notice of its end was settled. */
  noticedAt: Instant.optional(),
  builder: z.string().optional(),
  steps: z.array(BuildStep),
  /** The end of the build's output, at most 16 KiB. */
  log: z.string().optional(),
  /** The key of the delivery that asked for it. */
  delivery: z.string().optional(),
  ...waiting,
});
export type Build = z.infer<typeof Build>;
