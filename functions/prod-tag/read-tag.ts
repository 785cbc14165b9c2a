import { instant } from '../../shared/domain/claims.ts';
import { repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { isOurs, REGISTRY, recordForeign } from '../../shared/domain/tags/judge-move.ts';
import { dueOfTag, record } from '../../shared/domain/tags/judge-tag.ts';
import { builds, moves, services, tags } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import type { ProdTag, TagRef } from './prod-tag.ts';
import { followerRefs, wake, wakeUp } from './wake-followers.ts';

/**
 * Reads what the registry has under the tag. Where others move it, that is what its services should run; where
 * headway does, a digest that is not ours is somebody's word.
 */
export async function readTag(its: ProdTag, ref: TagRef): Promise<void> {
  const { records, registry, configuration, clock } = its;
  const known = await records.get(ref);
  if (known === undefined) return;
  const present = await registry.head({ ...repositoryOf(configuration, known.image), tag: known.tag });
  if (present !== undefined && known.follows !== undefined && known.observed !== undefined) {
    if (!isOurs(known, present.digest)) await takeForeign(its, ref, present.digest);
  }
  const followers = followerRefs(its, known);
  const woken = await records.transact({ tag: ref, followers }, found => {
    if (found.tag === undefined) return { result: [], writes: [] };
    const now = clock.now();
    const ours = present !== undefined && isOurs(found.tag, present.digest);
    const hold = ours && found.tag.hold?.by === REGISTRY ? undefined : found.tag.hold;
    const read = { ...found.tag, hold, look: undefined, attempts: 0, lastError: undefined };
    if (read.follows !== undefined)
      return { result: [], writes: [put(tags, { ...read, due: dueOfTag(read, now) })] };
    const settled = { ...read, due: undefined };
    if (present === undefined || present.digest === read.observed?.digest) {
      return { result: [], writes: [put(tags, settled)] };
    }
    const at = instant(now);
    const standing = { digest: present.digest, at };
    const from = read.observed === undefined ? undefined : { digest: read.observed.digest };
    const entry = record(
      { ...settled, wanted: standing, observed: standing },
      {
        at,
        verdict: 'moved',
        from,
        to: { digest: present.digest },
        reason: `${read.tag} was pushed to the registry`,
      },
    );
    const due = wake(found.followers, now);
    return {
      result: due,
      writes: [put(tags, entry.tag), put(moves, entry.move), ...due.map(s => put(services, s))],
    };
  });
  await wakeUp(its, woken);
}

/**
 * Records that somebody moved the tag outside headway: to a build that is known, from which it goes on, or to
 * something else, where it waits. A tag that headway takes over for the first time is not held up by what it
 * finds there and cannot place: then nothing is recorded, and false is returned.
 */
export async function takeForeign(its: ProdTag, ref: TagRef, digest: string): Promise<boolean> {
  const { records, clock } = its;
  const known = await records.get(ref);
  if (known === undefined) return false;
  const origin = await originOf(its, known, digest);
  if (origin === undefined && known.observed === undefined) return false;
  const followers = followerRefs(its, known);
  const woken = await records.transact({ tag: ref, followers }, found => {
    if (found.tag === undefined) return { result: [], writes: [] };
    const now = clock.now();
    const done = recordForeign(found.tag, { digest, ...origin }, now);
    const due = origin === undefined ? [] : wake(found.followers, now);
    return {
      result: due,
      writes: [put(tags, done.tag), put(moves, done.move), ...due.map(s => put(services, s))],
    };
  });
  await wakeUp(its, woken);
  return true;
}

type Origin = { readonly commit: string; readonly startedAt?: string | undefined };

/** The commit that an image was built from: by our records, else by the label that builders put on it. */
async function originOf(
  { records, revision, configuration }: ProdTag,
  tag: Tag,
  digest: string,
): Promise<Origin | undefined> {
  const where = [
    { field: 'image', is: '==', value: tag.image },
    { field: 'digest', is: '==', value: digest },
  ] as const;
  const [build] = await records.query(builds, { where, limit: 1 });
  if (build !== undefined) return { commit: build.commit, startedAt: build.startedAt };
  const commit = await revision({ ...repositoryOf(configuration, tag.image), digest });
  return commit === undefined ? undefined : { commit };
}
