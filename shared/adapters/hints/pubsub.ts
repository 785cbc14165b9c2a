import type { Topic } from '../../domain/documents/waiting.ts';
import type { Hints } from '../../ports/hints.ts';
import type { Log } from '../../ports/log.ts';
import { connectLazily } from './pubsub/connection.ts';
import { hintMessage, type Message, publish } from './pubsub/publish.ts';
import { pullHints } from './pubsub/pull.ts';

/** The topic where messages end that nobody could take, behind the prefix. */
const DEAD_LETTERS = 'dead-letters';

export type PubSubHints = Hints & {
  /**
   * Puts a message that nobody understands to the dead letters, with two attributes more: the `topic` it came
   * on and the `reason`. Without them, and after many tries, Pub/Sub itself does so with what fails.
   */
  bury(
    message: Omit<Message, 'orderingKey'>,
    why: { readonly topic: string; readonly reason: string },
  ): Promise<void>;
  /** Stops listening, waits for what is under way, and closes the connections. */
  close(): Promise<void>;
};

/**
 * Hints through Pub/Sub, on topics and subscriptions that are named `PREFIX-TOPIC` and are there already. In the
 * cloud they are pushed to functions over HTTP; `listen` pulls them, for hosts of one's own and for tests.
 *
 * How long the pauses between tries are, and after how many of them a message goes to the dead letters, the
 * subscription says (https://cloud.google.com/pubsub/docs/handling-failures): they outlive this process.
 */
export function createPubSubHints({
  projectId,
  prefix,
  log,
}: {
  /** By default that of the environment or of the credentials. */
  readonly projectId?: string;
  readonly prefix: string;
  readonly log: Log;
}): PubSubHints {
  const { connect, close } = connectLazily(projectId);
  const listening = new Map<Topic, () => Promise<void>>();
  const nameOf = (topic: string) => `${prefix}-${topic}`;

  return {
    async publish(hints) {
      const topics = Map.groupBy(hints, ({ topic }) => topic);
      const all = [...topics].map(([topic, its]) => publish(connect, nameOf(topic), its.map(hintMessage)));
      await Promise.all(all);
    },

    listen(topic, listener, how) {
      if (listening.has(topic)) throw new Error(`Cannot listen to topic "${topic}": it has a listener`);
      const stopPulling = pullHints({
        connect,
        subscription: nameOf(topic),
        listener,
        bury: (message, reason) => bury(message, { topic, reason }),
        log,
        ...how,
      });
      listening.set(topic, stop);
      return stop;

      async function stop(): Promise<void> {
        if (listening.get(topic) === stop) listening.delete(topic);
        await stopPulling();
      }
    },

    bury,

    async close() {
      await Promise.all([...listening.values()].map(stop => stop()));
      await close();
    },
  };

  async function bury({ data, attributes }: Message, why: { topic: string; reason: string }): Promise<void> {
    await publish(connect, nameOf(DEAD_LETTERS), [{ data, attributes: { ...attributes, ...why } }]);
  }
}
