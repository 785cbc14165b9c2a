import { followsOf } from '../domain/configuration/lookups.ts';
import type { Configuration } from '../domain/configuration/schema.ts';
import type { HoldScope } from '../domain/documents/hold.ts';
import type { Follows } from '../domain/documents/tag.ts';
import { type TagName, tagsUnder } from '../domain/holds/tags-under.ts';
import { tags } from './collections.ts';
import { discoveredAt } from './holds.ts';
import { type Records, refTo } from './records.ts';

type Its = { readonly records: Records; readonly configuration: Configuration };
export type FollowedTag = TagName & { readonly follows: Follows };

/** The tags under a hold that move by themselves, and what each follows: by its rule, or as its branch made it. */
export async function followedUnder(
  { records, configuration }: Its,
  scope: HoldScope,
): Promise<FollowedTag[]> {
  const found = 'target' in scope ? await discoveredAt(records, scope.target) : [];
  const under = await Promise.all(
    tagsUnder(configuration, scope, found).map(async name => {
      const { image, tag } = name;
      const follows = followsOf(configuration, image, tag) ?? (await followsBranch(records, name));
      return follows === undefined ? [] : [{ image, tag, follows }];
    }),
  );
  return under.flat();
}

async function followsBranch(records: Records, { image, tag }: TagName): Promise<Follows | undefined> {
  const found = await records.get(refTo(tags, image, tag));
  return found?.ofBranch === true ? found.follows : undefined;
}
