/** Runs the act when everybody before it who named one of the same documents has ended. */
export type Lanes = <T>(paths: readonly string[], act: () => Promise<T>) => Promise<T>;

/**
 * Within one process, those who change the same document go one after another instead of undoing each other's
 * tries. All lanes are entered at once, so that nobody waits in a circle.
 */
export function createLanes(): Lanes {
  const last = new Map<string, Promise<unknown>>();

  return async (paths, act) => {
    const before = paths.map(path => last.get(path));
    const { promise: mine, resolve: leave } = Promise.withResolvers<void>();
    for (const path of paths) last.set(path, mine);
    try {
      await Promise.all(before);
      return await act();
    } finally {
      leave();
      for (const path of paths) if (last.get(path) === mine) last.delete(path);
    }
  };
}
