import { z } from 'zod';
import { Digest } from '../names/digest.ts';
import { Instant, waiting } from './waiting.ts';

/** What was found of one service in a survey, and what follows. */
export const Finding = z.object({
  target: z.string(),
  service: z.string(),
  /** The repository and tag that it follows. */
  image: z.string().optional(),
  running: Digest.optional(),
  published: Digest.optional(),
  verdict: z.enum(['current', 'redeploy', 'updating', 'held', 'unknown', 'discovered', 'left']),
  reason: z.string().optional(),
});
export type Finding = z.infer<typeof Finding>;

/** Something that is not as headway left it, or could not be seen, as a sentence. */
export const Remark = z.object({
  kind: z.enum(['target', 'registry', 'tag', 'push', 'repo']),
  about: z.string(),
  says: z.string(),
});
export type Remark = z.infer<typeof Remark>;

/** What one survey found. A dry run gives the same report. */
export const Report = z.object({
  at: Instant,
  dryRun: z.boolean(),
  /** False when the time ended first: the next survey goes on from there. */
  complete: z.boolean(),
  milliseconds: z.int().min(0),
  /** How many requests for manifests it took. */
  lookups: z.int().min(0),
  findings: z.array(Finding),
  remarks: z.array(Remark),
});
export type Report = z.infer<typeof Report>;

/** When the next survey is due, where the last one stopped, and what it counted. */
export const Survey = z.object({
  id: z.string(),
  /** The reference to begin with. */
  cursor: z.string().optional(),
  at: Instant.optional(),
  complete: z.boolean().optional(),
  /** Findings by verdict. */
  counts: z.record(z.string(), z.int()).optional(),
  /** What was not current, at most a hundred, and every remark, at most a hundred. */
  findings: z.array(Finding),
  remarks: z.array(Remark),
  ...waiting,
});
export type Survey = z.infer<typeof Survey>;
