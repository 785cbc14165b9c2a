import type { Topic } from '../domain/documents/waiting.ts';

/** "This document wants a look." It carries a key and no decision: late, doubled, forged or lost, it does no harm. */
export type Hint = { readonly topic: Topic; readonly collection: string; readonly key: string };

/** Resolves when everything that follows from the hint is stored; a rejection means: deliver it again. */
export type Listener = (hint: Hint) => Promise<void>;

/**
 * What is done about a hint, in a name of its own: a claim that it takes can be told from that of every other look,
 * also of the same process.
 */
export type Look = (hint: Hint, by: string) => Promise<void>;

export type Listening = {
  /** How many hints of the topic are handled at once. */
  readonly concurrency: number;
  /**
   * Whose turn it is where there is a place for this hint: its own, or that of another of the topic, which is then
   * handled first. It may be asked again and names none that is taken; a carrier whose hints wait elsewhere does not ask.
   */
  readonly choose?: (hint: Hint, isTaken: (hint: Hint) => boolean) => Promise<Hint>;
};

/**
 * Messages between the functions. Delivered at least once while the process lives, in any order; two hints of
 * the same topic, collection and key are never handled at the same time. A listener that fails is called again
 * with growing pauses, and after the last try the hint is dropped with an error in the log: its document is
 * still due, so that the sweep publishes it again.
 */
export interface Hints {
  publish(hints: readonly Hint[]): Promise<void>;
  /** One listener a topic. Returns a function that stops listening and resolves when what is under way has ended. */
  listen(topic: Topic, listener: Listener, how: Listening): () => Promise<void>;
}
