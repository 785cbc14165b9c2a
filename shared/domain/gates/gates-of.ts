import type { Configuration } from '../configuration/schema.ts';

/** Names of the gates that hold before a promotion moves the tag: its own where it has some, else those of all promotions. */
export function gatesOf({ tags, promotions }: Pick<Configuration, 'tags' | 'promotions'>, tag: string) {
  const own = Object.hasOwn(tags, tag) ? tags[tag]?.gates : undefined;
  return [...new Set(own ?? promotions.gates)];
}
