import { followersOf } from '../../shared/domain/configuration/lookups.ts';
import type { StandingHold } from '../../shared/domain/documents/hold.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { covers, heldSentence, nextEnd } from '../../shared/domain/holds/judge-holds.ts';
import { endHold } from '../../shared/records/holds.ts';
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

/** Ends what waited for a commit that a tag has come to, over the tag itself or over a service that follows it. */
export async function endContained(its: ProdTag, tag: Tag, holds: readonly StandingHold[]): Promise<void> {
  const { image, tag: name, wanted } = tag;
  const followers = followersOf(its.configuration, image, name);
  for (const hold of holds) {
    const concerns =
      covers(hold.scope, { kind: 'tag', image, tag: name }) ||
      followers.some(follower => covers(hold.scope, { kind: 'service', image, ...follower }));
    if (concerns && (await isContained(its, hold, { tag, commit: wanted?.commit }))) {
      await endHold(its, hold, 'headway');
    }
  }
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
