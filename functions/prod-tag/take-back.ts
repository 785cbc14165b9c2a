import { movedTogether } from '../../shared/domain/configuration/lookups.ts';
import type { Standing, Tag } from '../../shared/domain/documents/tag.ts';
import { takeBackWhole } from '../../shared/domain/tags/take-back-whole.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import { moves, tags } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import type { ProdTag } from './prod-tag.ts';

/** A registry's refusal may be one of the moment: it is believed after so many tries, two minutes. */
const TRIES = 8;
/** How far back a ledger is read to find where a tag was before. */
const BACK = 100;

/**
 * What follows where the registry does not move one tag of a whole tree: after some tries all of them go back to where
 * they were. False where that is not so, and the tag is to be tried again.
 */
export async function takeBack(
  its: ProdTag,
  { tag: { image, tag: name, attempts }, to: { commit } }: { readonly tag: Tag; readonly to: Standing },
  error: unknown,
): Promise<boolean> {
  const { records, configuration, clock, worker, log, hints } = its;
  if (!(error instanceof RegistryError) || error.temporary || attempts + 1 < TRIES) return false;
  const images = movedTogether(configuration, image, name);
  if (images.length < 2 || commit === undefined) return false;
  const before = await Promise.all(images.map(each => standingBefore(its, { image: each, name, commit })));
  const refs = images.map(each => refTo(tags, each, name));
  const taken = await records.transact({ found: refs }, ({ found }) => {
    const parts = found.flatMap((tag, i) => (tag === undefined ? [] : [{ tag, before: before[i] }]));
    const isMine = parts.some(({ tag }) => tag.image === image && tag.claim?.by === worker);
    const refusal = { image, commit, reason: error.message, now: clock.now() };
    const judged = isMine ? takeBackWhole(parts, refusal) : undefined;
    if (judged === undefined) return { result: undefined, writes: [] };
    const next = judged.tags.map(each =>
      each.image === image ? { ...each, claim: undefined, lastError: undefined } : each,
    );
    return {
      result: next,
      writes: [...next.map(each => put(tags, each)), ...judged.moves.map(each => put(moves, each))],
    };
  });
  if (taken === undefined) return false;
  log.warn('Tags taken back together', { tag: name, images, commit, error: error.message });
  const others = taken.filter(each => each.image !== image);
  await hints.publish(
    others.map(each => ({ topic: 'tags', collection: 'tags', key: refTo(tags, each.image, name).key })),
  );
  return true;
}

type Place = { readonly image: string; readonly name: string; readonly commit: string };

async function standingBefore({ records }: ProdTag, { image, name, commit }: Place) {
  const where = [
    { field: 'image', is: '==', value: image },
    { field: 'tag', is: '==', value: name },
  ] as const;
  const orderBy = { field: 'sequence', direction: 'desc' } as const;
  const ledger = await records.query(moves, { where, orderBy, limit: BACK });
  const from = ledger.find(({ verdict, from, to }) => {
    return verdict === 'moved' && to.commit === commit && from?.commit !== commit;
  })?.from;
  return from?.digest === undefined ? undefined : { commit: from.commit, digest: from.digest };
}
