import { z } from 'zod';
import { Topic } from '../documents/waiting.ts';

const Hint = z.object({ topic: Topic, collection: z.string().min(1), key: z.string().min(1) });

/** What a message says: ours are hints, others' are payloads that the one who listens must read. */
export type MessageContent =
  | { readonly kind: 'hint'; readonly hint: z.infer<typeof Hint> }
  /** A JSON object that is no hint, as its text: a build notice of a task driver, of Cloud Build, of a registry. */
  | { readonly kind: 'payload'; readonly body: string }
  /** Nobody can understand it; the reason is the end of a sentence. */
  | { readonly kind: 'poison'; readonly reason: string };

/** Reads the data of a message, whoever sent it. A hint is an object with a `collection` and a `key`. */
export function readMessage(text: string): MessageContent {
  const value = jsonOf(text);
  if (value === undefined) return { kind: 'poison', reason: 'its data is not JSON' };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'poison', reason: 'its data is not a JSON object' };
  }
  if (!('collection' in value && 'key' in value)) return { kind: 'payload', body: text };
  const hint = Hint.safeParse(value);
  if (hint.success) return { kind: 'hint', hint: hint.data };
  const issues = hint.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return { kind: 'poison', reason: `it is not a hint: ${issues.join('; ')}` };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
