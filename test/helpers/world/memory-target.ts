import type { Target } from '../../../shared/ports/target.ts';

export type MemoryTarget = Target & {
  running(): Record<string, string>;
  restore(running: Readonly<Record<string, string>>): void;
};

/** A place where everything runs at once, and that remembers what. */
export function createMemoryTarget(): MemoryTarget {
  let running = new Map<string, string>();
  return {
    running: () => Object.fromEntries([...running].sort()),
    restore(kept) {
      running = new Map(Object.entries(kept));
    },
    list: async () => [],
    async observe(name) {
      const digest = running.get(name);
      return digest === undefined ? { state: 'absent' } : { state: 'running', digest };
    },
    async deploy({ name, image }) {
      running.set(name, image.digest);
      return { kind: 'accepted' };
    },
  };
}
