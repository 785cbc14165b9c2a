import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Message as PulledMessage } from '@google-cloud/pubsub';
import { readMessage } from '../../../domain/messages/read-message.ts';
import type { Listener, Listening } from '../../../ports/hints.ts';
import type { Log } from '../../../ports/log.ts';
import type { Connection } from './connection.ts';
import { adviceFor, type Message } from './publish.ts';
import { createRounds } from './rounds.ts';

/** After an error that the client does not mend by itself, such as a subscription that is not there yet. */
const AGAIN_AFTER_MS = 5_000;
/** Hints that wait here cannot be taken by another process, so only some do. */
const HELD_FOR_EACH = 4;

export type Pulling = Listening & {
  readonly connect: () => Promise<Connection>;
  readonly subscription: string;
  readonly listener: Listener;
  /** What to do with a message that is no hint; it is acknowledged afterwards. */
  readonly bury: (message: Message, reason: string) => Promise<void>;
  readonly log: Log;
};

/** Pulls hints until it is stopped: that resolves when what is under way has ended, and is acknowledged or given back. */
export function pullHints({ connect, subscription: name, bury, log, ...how }: Pulling): () => Promise<void> {
  const rounds = createRounds({ ...how, log });
  const stopping = new AbortController();
  const stopped = once(stopping.signal, 'abort');
  const pulling = pull();

  return async () => {
    stopping.abort();
    rounds.stop();
    await pulling;
  };

  async function pull(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await pullUntilItFails();
      } catch (error) {
        const role = 'roles/pubsub.subscriber';
        const advice = adviceFor(error, { what: `subscription "${name}"`, role });
        log.error('Pulling hints failed, it begins again', { subscription: name, error, advice });
        await pause(AGAIN_AFTER_MS, undefined, stopping).catch(() => {});
      }
    }
  }

  async function pullUntilItFails(): Promise<void> {
    const { pubsub } = await connect();
    const subscription = pubsub.subscription(name, {
      flowControl: { maxMessages: how.concurrency * HELD_FOR_EACH },
      closeOptions: { behavior: 'WAIT' },
    });
    const failed = new Promise<never>((_, reject) => subscription.on('error', reject));
    subscription.on('message', take);
    try {
      await Promise.race([stopped, failed]);
    } finally {
      await subscription.close();
    }
  }

  function take(message: PulledMessage): void {
    const text = message.data.toString();
    const content = readMessage(text);
    if (content.kind === 'hint') {
      const { hint } = content;
      rounds.add({ hint, ack: () => message.ack(), nack: () => message.nack() });
    } else {
      const reason = content.kind === 'poison' ? content.reason : 'it is not a hint';
      void refuse(message, { data: text, attributes: message.attributes }, reason);
    }
  }

  async function refuse(pulled: PulledMessage, message: Message, reason: string): Promise<void> {
    try {
      await bury(message, reason);
      pulled.ack();
    } catch (error) {
      log.warn('Message that nobody understands could not be put aside, it comes again', { reason, error });
      pulled.nack();
    }
  }
}
