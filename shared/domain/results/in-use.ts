import type { Build } from '../documents/build.ts';
import type { Promotion } from '../documents/promotion.ts';
import type { Service } from '../documents/service.ts';
import type { Tag } from '../documents/tag.ts';
import { tagStanding } from '../wiki/tag-standing.ts';

type Facts = {
  readonly tags: readonly Tag[];
  readonly services: readonly Service[];
  /** In any order. */
  readonly promotions: readonly Promotion[];
};
type Version = { readonly commit?: string | undefined; readonly digest?: string | undefined };

/**
 * Whether somebody may still ask what is in an image: a tag names it or is asked for by it, it runs or is gone back to,
 * or a promotion has put a tag there, or is about to. An image that was taken over is in use by each of its commits.
 */
export function createInUse({ tags, services, promotions }: Facts) {
  const known = new Set<string>();
  const add = (image: string, { commit, digest }: Version = {}) => {
    for (const name of [commit, digest]) if (name !== undefined) known.add(`${image} ${name}`);
  };
  for (const { image, wanted, observed, candidates } of tags) {
    for (const version of [wanted, observed, ...candidates]) add(image, version);
  }
  for (const { image, wanted, observed, previous } of services) {
    for (const version of [wanted, observed, previous]) add(image, version);
  }
  const newestFirst = promotions.toSorted((a, b) => b.number - a.number);
  for (const line of Map.groupBy(newestFirst, ({ to }) => to).values()) {
    for (const { image, digest } of tagStanding(line.filter(({ dryRun }) => !dryRun))) add(image, { digest });
  }
  for (const { images } of promotions.filter(({ endedAt }) => endedAt === undefined)) {
    for (const { image, digest, before } of images)
      for (const each of [digest, before]) add(image, { digest: each });
  }
  return ({ image, commit, digest }: Pick<Build, 'image' | 'commit' | 'digest'>): boolean =>
    [commit, digest].some(name => name !== undefined && known.has(`${image} ${name}`));
}
