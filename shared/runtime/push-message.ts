import { z } from 'zod';
import { type MessageContent, readMessage } from '../domain/messages/read-message.ts';

/** A message as Pub/Sub pushed it. */
export type PushMessage = MessageContent & {
  /** Pub/Sub's own id: the same for every delivery of one message. Absent where even that could not be read. */
  readonly id?: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The full name of the subscription, `projects/P/subscriptions/S`, where the body says it. */
  readonly subscription?: string;
  /** The data as text, or the whole body where there is none to read: what is kept of poison. */
  readonly text: string;
};

const Message = z.object({
  data: z.string().optional(),
  attributes: z.record(z.string(), z.string()).nullish(),
  messageId: z.string().optional(),
  message_id: z.string().optional(),
});
const Envelope = z.object({ message: Message, subscription: z.string().optional() });
/** https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/pubsub/v1/data.proto */
const CloudEvent = z.object({
  type: z.literal('google.cloud.pubsub.topic.v1.messagePublished'),
  data: Envelope,
});

/**
 * Reads both bodies that Google sends, already parsed from JSON: the envelope of a push subscription
 * (https://cloud.google.com/pubsub/docs/push#receive_push), which is also the body of a CloudEvent in binary
 * mode, and the CloudEvent in structured mode or as the functions framework hands it over. It never throws: what
 * cannot be read is poison, which redelivery would not mend.
 */
export function readPushMessage(body: unknown): PushMessage {
  const parsed = z.union([Envelope, CloudEvent.transform(({ data }) => data)]).safeParse(body);
  if (!parsed.success) {
    const reason = 'its body is neither a push envelope nor a CloudEvent of Pub/Sub';
    return { kind: 'poison', reason, attributes: {}, text: JSON.stringify(body) ?? '' };
  }
  const { message, subscription } = parsed.data;
  const id = message.messageId ?? message.message_id;
  const text = decode(message.data ?? '');
  const content: MessageContent =
    text === undefined ? { kind: 'poison', reason: 'its data is not base64 of UTF-8' } : readMessage(text);
  return {
    ...content,
    ...(id !== undefined && { id }),
    ...(subscription !== undefined && { subscription }),
    attributes: message.attributes ?? {},
    text: text ?? message.data ?? '',
  };
}

function decode(data: string): string | undefined {
  if (!z.base64().safeParse(data).success) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(data, 'base64'));
  } catch {
    return undefined;
  }
}
