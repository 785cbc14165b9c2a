import { instant } from '../domain/claims.ts';
import { deliveryFromMessage, GOOGLE_TOPICS, type MessageKind } from '../domain/deliveries/from-message.ts';
import { milliseconds } from '../domain/durations.ts';
import { PermanentError } from '../domain/permanent-error.ts';
import type { Listener } from '../ports/hints.ts';
import type { HttpAnswer, HttpRequest } from '../ports/http.ts';
import { deliveries, poison } from '../records/collections.ts';
import { receive } from '../records/receive.ts';
import { put, refTo } from '../records/records.ts';
import { type PushMessage, readPushMessage } from '../runtime/push-message.ts';
import type { CloudGround, Configured } from './cloud-ground.ts';

type Ground = CloudGround & Configured;
type Listeners = ReadonlyMap<string, Listener>;

/** 204 acknowledges; a 202 would be sent again (https://cloud.google.com/pubsub/docs/push#receive_push). */
const ACKNOWLEDGED: HttpAnswer = { status: 204 };

/**
 * Takes one message that Pub/Sub pushed: a hint is handled, a fact from outside is stored and then handled, and what
 * nobody can understand is kept with its reason and put to the dead letters, so that it blocks no other. The
 * message is acknowledged when what follows from it is stored.
 *
 * @throws whatever may pass by itself: Pub/Sub sends the message again.
 */
export async function takeMessage(
  its: Ground,
  request: HttpRequest,
  listeners: Listeners,
): Promise<HttpAnswer> {
  const message = readPushMessage(jsonOf(request.body));
  const topic = topicOf(its, request.path, message);
  if (message.kind === 'poison') return bury(its, message, { topic, reason: message.reason });
  if (message.kind === 'hint') {
    const listener = listeners.get(message.hint.topic);
    if (listener === undefined) {
      return bury(its, message, {
        topic,
        reason: `this function does not listen to "${message.hint.topic}"`,
      });
    }
    await listener(message.hint);
    return ACKNOWLEDGED;
  }
  try {
    await takeFact(its, message, { topic, listeners });
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return bury(its, message, { topic, reason: error.message });
  }
  return ACKNOWLEDGED;
}

type On = { readonly topic: string; readonly listeners: Listeners };

/** What others tell by a message is stored like a webhook, under the message's id, before it is handled. */
async function takeFact(its: Ground, message: PushMessage, { topic, listeners }: On): Promise<void> {
  const kind: MessageKind = GOOGLE_TOPICS[topic] ?? 'notices';
  const now = its.clock.now();
  const keepFor = milliseconds(its.configuration.keep.deliveries);
  const arrived = { id: message.id ?? String(now), data: message.text };
  const delivery = deliveryFromMessage(arrived, { kind, now, keepFor, redact: its.redact });
  await receive(its.records, delivery);
  const { collection, key } = refTo(deliveries, delivery.source, delivery.id);
  if (delivery.status === 'waiting') await listeners.get('notices')?.({ topic: 'notices', collection, key });
}

type Grave = { readonly topic: string; readonly reason: string };

async function bury(its: Ground, message: PushMessage, { topic, reason }: Grave): Promise<HttpAnswer> {
  const now = its.clock.now();
  const id = message.id ?? `unread-${now}`;
  const text = its.redact(message.text);
  const grave = { id, topic, message: text, reason: its.redact(reason), at: instant(now) };
  await its.records.transact([], () => ({ result: undefined, writes: [put(poison, grave)] }));
  await its.hints.bury(
    { data: text, attributes: { ...message.attributes } },
    { topic, reason: grave.reason },
  );
  its.log.error('Message is poison', { id, topic, reason: grave.reason });
  return ACKNOWLEDGED;
}

/** The topic's name without our prefix: the end of the path that the subscription pushes to, else its own name. */
function topicOf({ environment }: Ground, path: string, { subscription }: PushMessage): string {
  const name = (/\/topics\/([^/]+)$/.exec(path)?.[1] ?? subscription ?? '').split('/').at(-1) ?? '';
  const prefix = `${environment['HEADWAY_PREFIX'] ?? 'headway'}-`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
