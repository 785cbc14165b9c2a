import { z } from 'zod';
import { Instant, Topic, waiting } from './waiting.ts';

/** One webhook request or message from outside, as it came, stored before it is answered; secrets are removed. */
export const Delivery = z.object({
  /** The hook's name, i.e. the last part of its path; `builder` for our own notices; its kind for a message. */
  source: z.string(),
  /** The sender's delivery id, the id of the message, or the SHA-256 of the body where the sender gives none. */
  id: z.string(),
  kind: z.enum([
    'github',
    'gitea',
    'gitlab',
    'dockerhub',
    'distribution',
    'harbor',
    'quay',
    'acr',
    'ecr',
    'nexus',
    'jfrog',
    'generic',
    'notices',
    'artifact-registry',
    'cloud-build',
  ]),
  /** The sender's word for what happened: `push`, `ping`, `notice`. */
  event: z.string(),
  topic: Topic,
  receivedAt: Instant,
  /** How often the same delivery came again. */
  repeats: z.int().min(0),
  /** The payload as JSON text. */
  body: z.string(),
  status: z.enum(['waiting', 'done', 'ignored', 'failed']),
  /** What came of it, as a sentence. */
  outcome: z.string().optional(),
  settledAt: Instant.optional(),
  /** When the document may be deleted. */
  expireAt: Instant,
  ...waiting,
});
export type Delivery = z.infer<typeof Delivery>;
