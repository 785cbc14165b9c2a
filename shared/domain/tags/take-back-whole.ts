import { instant } from '../claims.ts';
import type { Move } from '../documents/move.ts';
import type { Tag } from '../documents/tag.ts';
import { endOf, isBehind, record } from './judge-tag.ts';
import { type Aim, rollBackTag } from './judge-tag-words.ts';

/** One image's tag of a whole tree, and where it was before it came to the commit, where it has come there. */
export type Part = { readonly tag: Tag; readonly before: Aim | undefined };
export type Refusal = {
  /** Whose tag the registry does not move. */
  readonly image: string;
  readonly commit: string;
  /** What the registry says. */
  readonly reason: string;
  readonly now: number;
};
export type TakenBack = { readonly tags: readonly Tag[]; readonly moves: readonly Move[] };

/**
 * The tags of a tree that cannot all come to a commit go back to where they were, and on with a newer commit or when
 * they are released. Nothing where one of them has nowhere to go back to, or is on its way by a person's word: then
 * they stay wanted where they are. A rebuild that one image cannot take leaves the others at their commit.
 */
export function takeBackWhole(
  parts: readonly Part[],
  { image, commit, reason, now }: Refusal,
): TakenBack | undefined {
  const stuck = parts.find(({ tag }) => tag.image === image)?.tag;
  if (stuck?.wanted?.commit !== commit || !isBehind(stuck)) return undefined;
  const isRebuild = stuck.observed?.commit === commit;
  const gone = parts.filter(({ tag }) => tag.wanted?.commit === commit && (tag === stuck || !isRebuild));
  const back = gone.map(({ tag, before }) => {
    const why = tag === stuck ? reason : `${image} cannot move with it: ${reason}`;
    return takeBack(tag, { to: isBehind(tag) ? tag.observed : before, why, now });
  });
  const done = back.filter(each => each !== undefined);
  if (done.length < gone.length) return undefined;
  return { tags: done.map(({ tag }) => tag), moves: done.flatMap(({ move }) => move ?? []) };
}

type Way = { readonly to: Aim | undefined; readonly why: string; readonly now: number };

function takeBack(tag: Tag, { to, why, now }: Way): { tag: Tag; move?: Move } | undefined {
  if (tag.wanted === undefined || tag.wanted.by !== undefined || to === undefined) return undefined;
  const ruling = rollBackTag(tag, to, { by: 'headway', why, now });
  if (ruling.kind === 'refused') return undefined;
  // Nobody's word: what a person holds, or others put there meanwhile, stands before it.
  const wanted = ruling.tag.wanted && { ...ruling.tag.wanted, by: undefined };
  const next = { ...ruling.tag, wanted };
  if (!isBehind(tag)) return { tag: next };
  const { commit, digest } = tag.wanted;
  const from = endOf(tag.observed);
  return record(next, { at: instant(now), verdict: 'refused', from, to: { commit, digest }, reason: why });
}
