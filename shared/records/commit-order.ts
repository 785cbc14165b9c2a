import { comparePlaces } from '../domain/order/places.ts';
import { inverse, type Ordered } from '../domain/order/relations.ts';
import type { Forge } from '../ports/forge.ts';
import { commits, orders } from './collections.ts';
import { put, type Records, refTo } from './records.ts';

export type CommitPair = {
  readonly repo: string;
  readonly branch?: string;
  readonly a: string;
  readonly b: string;
};

/**
 * What commit `a` is, seen from `b`: by their places on the branch, else by the kept answer, else by asking the
 * forge once and keeping what it said. `unknown` is never kept.
 */
export type CommitOrder = (pair: CommitPair) => Promise<Ordered>;

type Order = { readonly records: Records; readonly forge: Pick<Forge, 'compare'> };

export function createCommitOrder({ records, forge }: Order): CommitOrder {
  return async pair => {
    if (pair.a === pair.b) return { relation: 'same' };
    const placed = await orderByPlaces(records, pair);
    if (placed !== undefined) return placed;
    const kept = await keptAnswer(records, pair);
    if (kept !== undefined) return kept;
    const answer = await forge.compare(pair.repo, pair.a, pair.b);
    if (answer.relation !== 'unknown') await keep(records, pair, answer);
    return answer;
  };
}

/** The same by what is on record, where no forge can be asked. */
export function createOrderOnRecord(records: Records): CommitOrder {
  return createCommitOrder({ records, forge: { compare: async () => ({ relation: 'unknown' }) } });
}

async function orderByPlaces(
  records: Records,
  { repo, branch, a, b }: CommitPair,
): Promise<Ordered | undefined> {
  if (branch === undefined) return undefined;
  const [one, other] = await Promise.all([
    records.get(refTo(commits, repo, a)),
    records.get(refTo(commits, repo, b)),
  ]);
  return comparePlaces(one?.places[branch], other?.places[branch]);
}

async function keptAnswer(records: Records, { repo, a, b }: CommitPair): Promise<Ordered | undefined> {
  const [forth, back] = await Promise.all([
    records.get(refTo(orders, repo, a, b)),
    records.get(refTo(orders, repo, b, a)),
  ]);
  if (forth !== undefined) return ordered(forth);
  return back === undefined ? undefined : inverse(ordered(back));
}

function ordered({
  relation,
  distance,
}: {
  relation: Ordered['relation'];
  distance?: number | undefined;
}): Ordered {
  return distance === undefined ? { relation } : { relation, distance };
}

async function keep(
  records: Records,
  { repo, a, b }: CommitPair,
  { relation, distance }: Ordered,
): Promise<void> {
  if (relation !== 'newer' && relation !== 'older' && relation !== 'diverged') return;
  const answer = { repo, a, b, relation, distance };
  await records.transact([], () => ({ result: undefined, writes: [put(orders, answer)] }));
}
