import { instant } from '../claims.ts';
import type { Delivery } from '../documents/delivery.ts';
import { judgePayload } from './judge-payload.ts';
import { trimCloudBuild } from './parse-cloud-build.ts';
import { stripSecrets } from './strip-secrets.ts';

/** What comes as messages on a topic: our notices, and what Google's services tell on theirs. */
export type MessageKind = Extract<Delivery['kind'], 'notices' | 'artifact-registry' | 'cloud-build'>;

/** A Pub/Sub message, its data decoded. The id is the same when it is delivered again. */
export type Message = { readonly id: string; readonly data: string };

type Circumstances = {
  readonly kind: MessageKind;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** How long it is kept, in milliseconds. */
  readonly keepFor: number;
  readonly redact: (text: string) => string;
};

/** The topics that Google's services publish on; `cloud-builds` unless a build names another. */
export const GOOGLE_TOPICS: Readonly<Record<string, MessageKind>> = {
  gcr: 'artifact-registry',
  'cloud-builds': 'cloud-build',
};

/**
 * The document of a message that has just come, without secrets: keyed by its kind and the id of the message, so
 * that the same message is the same delivery. Of a Cloud Build only what headway reads is kept.
 *
 * @throws {PermanentError} when the message is not what its sender should have sent, naming what is wrong.
 */
export function deliveryFromMessage({ id, data }: Message, its: Circumstances): Delivery {
  const { kind, now, keepFor, redact } = its;
  const { event, topic, ignored } = judgePayload({ kind, body: data });
  const receivedAt = instant(now);
  return {
    source: kind,
    id,
    kind,
    event: redact(event),
    topic,
    receivedAt,
    repeats: 0,
    body: stripSecrets(kind === 'cloud-build' ? trimCloudBuild(data).body : data, redact),
    expireAt: instant(now + keepFor),
    attempts: 0,
    ...(ignored === undefined
      ? { status: 'waiting', due: receivedAt }
      : { status: 'ignored', outcome: ignored, settledAt: receivedAt }),
  };
}
