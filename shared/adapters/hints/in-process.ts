import type { Topic } from '../../domain/documents/waiting.ts';
import type { Hints } from '../../ports/hints.ts';
import type { Log } from '../../ports/log.ts';
import { createTopicQueue, type TopicQueue } from './topic-queue.ts';

export type InProcessHints = Hints & {
  /** Resolves when nothing is handled, waits for a listener that is there, or waits for another try. */
  idle(): Promise<void>;
  /** Takes no more hints, drops those that wait (their documents are still due) and waits for what is under way. */
  close(): Promise<void>;
};

/** Hints within this process, lost with it: the sweep makes up for them. Hints for which nobody listens yet wait. */
export function createInProcessHints({
  log,
  pauses = [100, 500, 2_000, 10_000],
}: {
  readonly log: Log;
  /** Milliseconds before each further try of a listener that failed; one try more than pauses. */
  readonly pauses?: readonly number[];
}): InProcessHints {
  const topics = new Map<Topic, TopicQueue>();
  let open = true;

  return {
    async publish(hints) {
      if (!open) return;
      for (const hint of hints) queueOf(hint.topic).add(hint);
    },
    listen(topic, listener, how) {
      return queueOf(topic).listen(listener, how);
    },
    async idle() {
      // What is handled in one topic publishes to another, so all of them must be idle at once.
      while ([...topics.values()].some(queue => !queue.isIdle())) {
        await Promise.all([...topics.values()].map(queue => queue.idle()));
      }
    },
    async close() {
      open = false;
      await Promise.all([...topics.values()].map(queue => queue.close()));
    },
  };

  function queueOf(topic: Topic): TopicQueue {
    const queue = topics.get(topic) ?? createTopicQueue({ topic, log, pauses });
    topics.set(topic, queue);
    return queue;
  }
}
