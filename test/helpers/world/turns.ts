/** Decides which of the calls that wait goes on next, by a seed: the same seed, the same interleaving. */
export type Turns = { turn(): Promise<void> };

export function createTurns(seed: number): Turns {
  const waiting: (() => void)[] = [];
  const random = createRandom(seed);
  let running = false;
  const run = async () => {
    running = true;
    while (waiting.length > 0) {
      // Everybody who can reach a point does, before one of them is picked.
      await new Promise(resolve => setImmediate(resolve));
      const [picked] = waiting.splice(Math.floor(random() * waiting.length), 1);
      picked?.();
    }
    running = false;
  };
  return {
    turn() {
      return new Promise(resolve => {
        waiting.push(resolve);
        if (!running) void run();
      });
    },
  };
}

/** A small generator of numbers from 0 to 1. https://en.wikipedia.org/wiki/Linear_congruential_generator */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
