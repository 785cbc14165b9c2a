import { REGISTRY } from '../../shared/domain/tags/judge-reading.ts';
import type { Look } from '../../shared/ports/hints.ts';
import { tags } from '../../shared/records/collections.ts';
import { put, refByKey } from '../../shared/records/records.ts';
import { judgeCandidates } from './judge-candidates.ts';
import { moveTag } from './move-tag.ts';
import type { ProdTag, TagRef } from './prod-tag.ts';
import { readTag } from './read-tag.ts';

/** Looks at a tag: judges what asks for it, moves it in the registry, and wakes the services that follow it. */
export function createProdTag(all: Omit<ProdTag, 'worker'>): Look {
  return async function prodTag(hint, worker) {
    const its = { ...all, worker };
    const ref = refByKey(tags, hint.key);
    const tag = await its.records.get(ref);
    if (tag === undefined) return;
    const isNamed = its.configuration.tags[tag.tag]?.images.includes(tag.image) ?? false;
    if (!isNamed && tag.ofBranch !== true) return rest(its, ref);
    const held = tag.hold?.by === REGISTRY;
    if (tag.follows === undefined || tag.look !== undefined || held) await readTag(its, ref);
    // One that people or others move is moved here only where a person has said so.
    do await judgeCandidates(its, ref);
    while ((await moveTag(its, ref)) === 'foreign');
  };
}

/** The configuration no longer gives the image this tag: it stays where it is. */
async function rest({ records }: ProdTag, ref: TagRef): Promise<void> {
  await records.transact({ tag: ref }, ({ tag }) => ({
    result: undefined,
    writes: tag === undefined ? [] : [put(tags, { ...tag, due: undefined })],
  }));
}
