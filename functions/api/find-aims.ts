import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import type { Aim } from '../../shared/domain/tags/judge-tag-words.ts';
import { movesOfPromotions, previousStanding } from '../../shared/domain/tags/previous-standing.ts';
import { builds, moves, tags } from '../../shared/records/collections.ts';
import { createOrderOnRecord } from '../../shared/records/commit-order.ts';
import { donePromotions } from '../../shared/records/done-promotions.ts';
import { type Records, refTo } from '../../shared/records/records.ts';

export type Together = { readonly image: string; readonly tag: string; readonly images: readonly string[] };
export type Aims = { readonly of: ReadonlyMap<string, Aim> } | { readonly reason: string };
type Options = { readonly records: Records };
type Named = { readonly digest: Digest | undefined; readonly commit: CommitSha | undefined };

/** How far back a ledger is read to find where a tag was before. */
const BACK = 500;

/** Where each image's tag goes back to: to what is named, else to where it was before; or why it cannot. */
export async function findAims(its: Options, { image, tag, images }: Together, named: Named): Promise<Aims> {
  const aim = await aimOf(its, { image, tag }, named);
  if (typeof aim === 'string') return { reason: aim };
  const forward = await isForward(its, { image, tag }, aim);
  if (forward) return { reason: 'that is newer than where it stands; it is no way back' };
  const of = new Map([[image, aim]]);
  for (const other of images.filter(each => each !== image)) {
    if (aim.commit === undefined) {
      return { reason: `${tag} moves as a whole, and which commit that is of is not known` };
    }
    const found = await built(its, other, aim.commit);
    if (typeof found === 'string') return { reason: found };
    of.set(other, found);
  }
  return { of };
}

type TagName = { readonly image: string; readonly tag: string };

async function aimOf(its: Options, name: TagName, { digest, commit }: Named): Promise<Aim | string> {
  if (commit !== undefined) return built(its, name.image, commit);
  if (digest !== undefined) return byDigest(its, name.image, digest);
  const where = [
    { field: 'image', is: '==', value: name.image },
    { field: 'tag', is: '==', value: name.tag },
  ] as const;
  const orderBy = { field: 'sequence', direction: 'desc' } as const;
  const ledger = await its.records.query(moves, { where, orderBy, limit: BACK });
  const done = ledger.length > 0 ? [] : await donePromotions(its, name.tag);
  const before = previousStanding([...ledger, ...movesOfPromotions(done, name.image)]);
  if (before === undefined) return NOTHING_BEFORE + wayOutOf(done, name.image);
  return before.commit === undefined
    ? byDigest(its, name.image, before.digest)
    : { digest: before.digest, commit: before.commit, startedAt: undefined };
}

async function built({ records }: Options, image: string, commit: CommitSha): Promise<Aim | string> {
  const build = await records.get(refTo(builds, image, commit));
  if (build?.status !== 'succeeded' || build.digest === undefined) {
    return `image "${image}" has no build of commit ${commit.slice(0, 12)}`;
  }
  return { digest: build.digest, commit, startedAt: build.startedAt };
}

async function byDigest({ records }: Options, image: string, digest: Digest): Promise<Aim> {
  const where = [
    { field: 'image', is: '==', value: image },
    { field: 'digest', is: '==', value: digest },
  ] as const;
  const [build] = await records.query(builds, { where, limit: 1 });
  return { digest, commit: build?.commit, startedAt: build?.startedAt };
}

/** By what is on record: a tag that moves by itself goes forward by itself, or when a person accepts. */
async function isForward({ records }: Options, { image, tag }: TagName, aim: Aim): Promise<boolean> {
  const known = await records.get(refTo(tags, image, tag));
  const from = known?.wanted?.commit;
  if (known?.follows === undefined || from === undefined || aim.commit === undefined) return false;
  if (known.rolledBack?.commit === aim.commit) return true;
  const order = createOrderOnRecord(records);
  const { repo, branch } = known.follows;
  return (await order({ repo, branch, a: aim.commit, b: from })).relation === 'newer';
}

const NOTHING_BEFORE = 'nothing is known to have been there before; name the commit or digest to go back to';

/** Where a promotion has made the tag, taking it away is the way back. */
function wayOutOf(done: readonly Promotion[], name: string): string {
  const made = done.find(({ images }) =>
    images.some(({ image, state }) => image === name && state === 'moved'),
  );
  const isNew = made?.images.some(({ image, before }) => image === name && before === undefined) ?? false;
  return isNew ? `, or take the tag away with headway undo ${made?.number}` : '';
}
