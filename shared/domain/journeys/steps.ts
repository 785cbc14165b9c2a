import { z } from 'zod';
import { Instant } from '../documents/waiting.ts';

/** The kinds of document that a step may be read about in. */
export const DocumentKind = z.enum([
  'deliveries',
  'commits',
  'branches',
  'builds',
  'tags',
  'moves',
  'services',
  'deploys',
  'promotions',
  'gates',
  'holds',
  'poison',
]);
export type DocumentKind = z.infer<typeof DocumentKind>;

/** Which document tells more: its kind and the parts of its key. */
export const DocumentName = z.object({ kind: DocumentKind, key: z.array(z.string()) });
export type DocumentName = z.infer<typeof DocumentName>;

/** How a step ended, as far as is known. `running` is kept for what was observed running. */
export const StepState = z.enum(['done', 'waiting', 'working', 'refused', 'failed', 'running']);
export type StepState = z.infer<typeof StepState>;

/** One step on the way of a commit from push to running. */
export const Step = z.object({
  kind: z.enum(['commit', 'push', 'build', 'notice', 'move', 'deploy', 'running']),
  /** When it happened; absent where nobody told. */
  at: Instant.optional(),
  /** Who did it: an author, a hook, a builder, a target, or headway itself. */
  by: z.string().optional(),
  state: StepState,
  /** A sentence. */
  text: z.string(),
  image: z.string().optional(),
  document: DocumentName.optional(),
});
export type Step = z.infer<typeof Step>;

/** Why something does not run what it should. */
export const Obstacle = z.object({
  kind: z.enum(['hold', 'failure', 'refusal', 'waiting', 'unknown']),
  /** A sentence. */
  text: z.string(),
  since: Instant.optional(),
  /** When it will be looked at again, or when it lapses. */
  until: Instant.optional(),
  document: DocumentName.optional(),
});
export type Obstacle = z.infer<typeof Obstacle>;

export function documentName(kind: DocumentKind, ...key: readonly (string | number)[]): DocumentName {
  return { kind, key: key.map(String) };
}
