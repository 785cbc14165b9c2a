/** What became of one of them. `left out`: something that it stands on was not done. */
export type Ended<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'left out'; readonly because: string };

type Standing = { readonly name: string; readonly parents: readonly string[] };
type Running<Item, Result> = {
  /** How many run at once. */
  readonly limit: number;
  readonly run: (item: Item) => Promise<Result>;
};

/**
 * Runs each as soon as all that it stands on is done, side by side within the limit. A failure leaves out what stands
 * on it, by and by, and nothing else. Parents come before their children; those that are not among the items are there.
 */
export async function runInOrder<Item extends Standing, Result>(
  items: readonly Item[],
  { limit, run }: Running<Item, Result>,
): Promise<ReadonlyMap<string, Ended<Result>>> {
  const taking = places(limit);
  const ends = new Map<string, Promise<Ended<Result>>>();
  for (const item of items) ends.set(item.name, end(item));
  const ended = await Promise.all([...ends].map(async ([name, promise]) => [name, await promise] as const));
  return new Map(ended);

  async function end(item: Item): Promise<Ended<Result>> {
    const parents = item.parents.map(name => ends.get(name));
    const [broken] = (await Promise.all(parents)).flatMap((parent, index) =>
      parent === undefined || parent.kind === 'done' ? [] : [item.parents[index] ?? ''],
    );
    if (broken !== undefined) return { kind: 'left out', because: broken };
    const leave = await taking();
    try {
      return { kind: 'done', result: await run(item) };
    } catch (error) {
      return { kind: 'failed', error };
    } finally {
      leave();
    }
  }
}

/** Waits for a free place, first come first served; what it gives frees that again. */
function places(limit: number): () => Promise<() => void> {
  let free = limit;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async () => {
    if (free > 0) free -= 1;
    else {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      await promise;
    }
    return leave;
  };
}
