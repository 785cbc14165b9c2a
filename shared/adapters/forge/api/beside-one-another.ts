const AT_ONCE = 4;

/** Does the work for every item, some of it beside one another. @throws the first failure, once all have ended. */
export async function besideOneAnother<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  async function take(): Promise<void> {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await work(next.value);
  }
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, take));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
