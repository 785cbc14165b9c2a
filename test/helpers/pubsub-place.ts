import { randomUUID } from 'node:crypto';
import { PubSub } from '@google-cloud/pubsub';
import type { ExecutionContext } from 'ava';
import { createPubSubHints, type PubSubHints } from '../../shared/adapters/hints/pubsub.ts';
import type { Topic } from '../../shared/domain/documents/waiting.ts';
import type { Log } from '../../shared/ports/log.ts';
import { silentLog } from './silent-log.ts';

// The client would otherwise look for Google's metadata server, and warn that there is none.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';

const PREFIX = 'headway';
/** As few as Pub/Sub allows. */
const MOST_TRIES = 5;

export type PubSubPlace = {
  readonly raw: PubSub;
  /** Another client, as another process has. */
  open(log?: Log): PubSubHints;
  /** The next messages that end in the dead letters, as soon as there are so many. */
  deadLetters(count: number): Promise<DeadLetter[]>;
};
export type DeadLetter = { readonly data: string; readonly attributes: Readonly<Record<string, string>> };

/**
 * Topics and subscriptions in a project of the emulator that nobody else uses. Terraform declares both order and
 * dead letters; the emulator moves nothing to the dead letters of a subscription that is ordered (a pull ends with an
 * error 2 then, a push is given up), so that each test takes one of the two.
 */
export async function pubSubPlace(
  t: ExecutionContext,
  { topics, ordered = true }: { readonly topics: readonly Topic[]; readonly ordered?: boolean },
): Promise<PubSubPlace> {
  const projectId = `test-${randomUUID()}`;
  const raw = new PubSub({ projectId });
  t.teardown(() => raw.close());
  const [dead] = await raw.createTopic(`${PREFIX}-dead-letters`);
  const [left] = await dead.createSubscription(`${PREFIX}-dead-letters`);
  const deadLetterPolicy = { deadLetterTopic: dead.name, maxDeliveryAttempts: MOST_TRIES };
  for (const name of topics.map(topic => `${PREFIX}-${topic}`)) {
    const [topic] = await raw.createTopic(name);
    await topic.createSubscription(name, ordered ? { enableMessageOrdering: true } : { deadLetterPolicy });
  }
  return {
    raw,
    open: (log = silentLog) => {
      const hints = createPubSubHints({ projectId, prefix: PREFIX, log });
      t.teardown(() => hints.close());
      return hints;
    },
    deadLetters: count =>
      new Promise((resolve, reject) => {
        const letters: DeadLetter[] = [];
        t.teardown(() => left.close());
        left.on('error', reject).on('message', message => {
          message.ack();
          letters.push({ data: message.data.toString(), attributes: message.attributes });
          if (letters.length === count) resolve(letters);
        });
      }),
  };
}
