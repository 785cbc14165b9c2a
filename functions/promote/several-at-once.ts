type Manner = {
  readonly atOnce: number;
  /** No more are begun when it is aborted, and its reason is thrown once what was begun has ended. */
  readonly signal: AbortSignal;
};

/**
 * Does something with each item, so many at once, and resolves when everything that was begun has ended. After the
 * first that throws no more are begun, and its error is thrown then; nothing goes on behind the caller's back.
 */
export async function severalAtOnce<T>(
  items: readonly T[],
  { atOnce, signal }: Manner,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const failures: unknown[] = [];
  const work = async () => {
    for (const item of rest) {
      try {
        signal.throwIfAborted();
        await act(item);
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  if (failures.length > 0) throw failures[0];
}
