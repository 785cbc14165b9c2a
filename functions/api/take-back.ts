import { instant } from '../../shared/domain/claims.ts';
import type { StandingHold } from '../../shared/domain/documents/hold.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { isCommitSha } from '../../shared/domain/names/commit-sha.ts';
import { isTag } from '../../shared/domain/names/image-reference.ts';
import { problem } from '../../shared/domain/problem.ts';
import type { Aim } from '../../shared/domain/tags/judge-tag-words.ts';
import { newTag } from '../../shared/domain/tags/new-tag.ts';
import type { HttpAnswer } from '../../shared/ports/http.ts';
import { endHold, standingHolds } from '../../shared/records/holds.ts';
import { hold } from './holds.ts';
import { register } from './promotions.ts';
import type { Words } from './words.ts';

type Name = { readonly image: string; readonly tag: string };
type Said = { readonly by: string; readonly why: string };

/** Whether nothing but promotions moves a tag: the configuration has none of that name, and no branch has made it. */
export function isOfPromotions(
  { configuration }: Words,
  { image, tag }: Name,
  found: Tag | undefined,
): boolean {
  const isNamed = Object.hasOwn(configuration.images, image) && !Object.hasOwn(configuration.tags, tag);
  return isNamed && found?.ofBranch !== true;
}

/**
 * Takes such a tag back at once, as a promotion to that very image: it asks no gate, is on record with all others, and
 * the wikis show it. Others stop in front of the tag from now on.
 */
export async function takeBack(
  its: Words,
  { image, tag }: Name,
  { aim, by, why, pastHold }: Said & { readonly aim: Aim; readonly pastHold: boolean },
): Promise<Tag | HttpAnswer> {
  const { configuration, clock } = its;
  if (!isTag(tag) || isCommitSha(tag))
    return problem(422, `Cannot roll back "${image}:${tag}": that is not a tag that moves`);
  const repository = configuration.images[image]?.repository ?? '';
  const kept = await keepBack(its, { image, tag }, { by, why });
  const images = [{ image, repository, digest: aim.digest }];
  const wish = { by, from: tag, to: tag, dryRun: false, takesBack: why, images };
  const registered = await register(its, pastHold ? { ...wish, pastHold } : wish);
  if (!('promotion' in registered)) {
    if (kept !== undefined) await endHold(its, kept, by);
    return registered;
  }
  return { ...newTag(configuration, image, tag), wanted: { ...aim, at: instant(clock.now()), why, by } };
}

/** Holds a tag where a person took it back to, until it is released; nothing where that holds it already. */
export async function keepBack(
  its: Words,
  { image, tag }: Name,
  { by, why }: Said,
): Promise<StandingHold | undefined> {
  if ((await holdOf(its, { image, tag })) !== undefined) return undefined;
  const scope = { kind: 'tag', image, tag } as const;
  const placed = await hold(its, { by, why: `took it back: ${why}`, scope, rollback: true });
  return 'number' in placed ? placed : undefined;
}

/** Ends what holds a tag since it was taken back; false where nothing does. */
export async function releaseBack(its: Words, name: Name, by: string): Promise<boolean> {
  const found = await holdOf(its, name);
  if (found === undefined) return false;
  await endHold(its, found, by);
  its.log.info('Released', { number: found.number, by });
  return true;
}

async function holdOf({ records }: Words, { image, tag }: Name): Promise<StandingHold | undefined> {
  return (await standingHolds(records)).find(
    ({ scope, rollback }) =>
      rollback === true && scope.kind === 'tag' && scope.image === image && scope.tag === tag,
  );
}
