import { repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import {
  isOurs,
  judgeReading,
  type Read,
  type Reading,
  recordForeign,
} from '../../shared/domain/tags/judge-reading.ts';
import { builds, moves, services, tags } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import type { ProdTag, TagRef } from './prod-tag.ts';
import { followerRefs, wake, wakeUp } from './wake-followers.ts';

/** Reads what the registry has under the tag, and records what follows from it. */
export async function readTag(its: ProdTag, ref: TagRef): Promise<void> {
  const { records, registry, configuration } = its;
  for (;;) {
    const known = await records.get(ref);
    if (known === undefined) return;
    const present = await registry.head({ ...repositoryOf(configuration, known.image), tag: known.tag });
    const reading = present === undefined ? undefined : await originOf(its, known, present.digest);
    // Pushed once more meanwhile: the registry is asked once more.
    const judge = (tag: Tag, now: number) =>
      tag.look === known.look ? judgeReading(tag, reading, now) : undefined;
    if (await store(its, { ref, known, judge })) return;
  }
}

/**
 * Records that somebody moved the tag outside headway: to a build that is known, from which it goes on, or to
 * something else, where it waits. A tag that headway takes over for the first time is not held up by what it
 * finds there and cannot place: then nothing is recorded, and false is returned.
 */
export async function takeForeign(
  its: ProdTag,
  { ref, tag: known, digest }: { readonly ref: TagRef; readonly tag: Tag; readonly digest: string },
): Promise<boolean> {
  const reading = await originOf(its, known, digest);
  if (reading.commit === undefined && known.observed === undefined) return false;
  await store(its, { ref, known, judge: (tag, now) => recordForeign(tag, reading, now) });
  return true;
}

type Storing = {
  readonly ref: TagRef;
  /** The tag as it was before the registry was asked. */
  readonly known: Tag;
  readonly judge: (tag: Tag, now: number) => Read | undefined;
};

/** False when somebody moved the tag while the registry was asked: what it said may be old. */
async function store(its: ProdTag, { ref, known, judge }: Storing): Promise<boolean> {
  const { records, clock } = its;
  const followers = await followerRefs(its, known);
  const woken = await records.transact({ tag: ref, followers }, found => {
    if (found.tag === undefined) return { result: [], writes: [] };
    const now = clock.now();
    const read = isAsItWas(found.tag, known) ? judge(found.tag, now) : undefined;
    if (read === undefined) return { result: undefined, writes: [] };
    const { tag, move, moved } = read;
    const due = moved ? wake(found.followers, now) : [];
    const ledger = move === undefined ? [] : [put(moves, move)];
    return {
      result: due,
      writes: [put(tags, tag), ...ledger, ...due.map(service => put(services, service))],
    };
  });
  if (woken === undefined) return false;
  await wakeUp(its, woken);
  return true;
}

function isAsItWas(found: Tag, known: Tag): boolean {
  return found.sequence === known.sequence && found.claim?.by === known.claim?.by;
}

/** The commit that an image was built from: by our records, else by the label that builders put on it. */
async function originOf(
  { records, revision, configuration }: ProdTag,
  tag: Tag,
  digest: string,
): Promise<Reading> {
  if (tag.follows === undefined || isOurs(tag, digest)) return { digest };
  const where = [
    { field: 'image', is: '==', value: tag.image },
    { field: 'digest', is: '==', value: digest },
  ] as const;
  const [build] = await records.query(builds, { where, limit: 1 });
  if (build !== undefined) return { digest, commit: build.commit, startedAt: build.startedAt };
  return { digest, commit: await revision({ ...repositoryOf(configuration, tag.image), digest }) };
}
