import type { StandingHold } from '../../shared/domain/documents/hold.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { covers, heldSentence, nextEnd } from '../../shared/domain/holds/judge-holds.ts';
import type { TagName } from '../../shared/domain/holds/tags-under.ts';
import { tags } from '../../shared/records/collections.ts';
import { type FollowedTag, followedUnder } from '../../shared/records/followed-under.ts';
import { endHold } from '../../shared/records/holds.ts';
import { refTo } from '../../shared/records/records.ts';
import type { ProdTag } from './prod-tag.ts';

/** What stands in front of a tag. */
export type TagHolds = {
  /** Why the tag may not go to a commit by itself; nothing where it may. */
  readonly of: (commit: string | undefined) => Promise<string | undefined>;
  /** When one of them ends by itself. */
  readonly next: string | undefined;
};

/** Those of the holds that are over a tag; one that waits for a commit is none for what contains it. */
export function holdsOver(its: ProdTag, tag: Tag, holds: readonly StandingHold[]): TagHolds {
  const subject = { kind: 'tag', image: tag.image, tag: tag.tag } as const;
  const mine = holds.filter(({ scope }) => covers(scope, subject));
  return {
    next: nextEnd(mine),
    async of(commit) {
      for (const hold of mine) {
        if (!(await isContained(its, hold, { tag, commit }))) return heldSentence(hold);
      }
      return undefined;
    },
  };
}

/**
 * Ends what waited for a commit, once every tag that it is over has come there: until then what contains the commit
 * passes it. A tag that does not follow the commit's repo can never come there, and is held for as long as it stands.
 */
export async function endContained(its: ProdTag, tag: Tag, holds: readonly StandingHold[]): Promise<void> {
  for (const hold of holds) {
    if (!(await isContained(its, hold, { tag, commit: tag.wanted?.commit }))) continue;
    const under = await comingUnder(its, hold);
    const concerns = under.some(({ image, tag: name }) => image === tag.image && name === tag.tag);
    if (concerns && (await areThere(its, hold, under))) await endHold(its, hold, 'headway');
  }
}

/** The tags that can come to the commit that a hold waits for. */
async function comingUnder(its: ProdTag, { scope, until }: StandingHold): Promise<FollowedTag[]> {
  const under = await followedUnder(its, scope);
  return under.filter(({ follows }) => until?.kind === 'commit' && follows.repo === until.repo);
}

async function areThere(its: ProdTag, hold: StandingHold, under: readonly TagName[]): Promise<boolean> {
  for (const { image, tag: name } of under) {
    const tag = await its.records.get(refTo(tags, image, name));
    if (tag === undefined || !(await isContained(its, hold, { tag, commit: tag.observed?.commit })))
      return false;
  }
  return true;
}

type At = { readonly tag: Tag; readonly commit: string | undefined };

async function isContained(
  { order }: ProdTag,
  { until }: StandingHold,
  { tag: { follows }, commit }: At,
): Promise<boolean> {
  if (until?.kind !== 'commit' || follows?.repo !== until.repo || commit === undefined) return false;
  const { repo, branch } = follows;
  const { relation } = await order({ repo, branch, a: commit, b: until.commit });
  return relation === 'newer' || relation === 'same';
}
