import { z } from 'zod';
import { parseRange } from '../names/version.ts';
import { Branch, Name, text } from './texts.ts';

/** `*` stands for any characters, `?` for one, as in Git's own patterns of tags. */
const GitTagPattern = text('a pattern of Git tags without spaces, such as release-*', pattern =>
  /^[^\s~^:[\]\\]+$/.test(pattern),
);

const Range = text('a range of versions: *, 1, 1.2, v1 or v1.2', range => parseRange(range) !== undefined);

/** A moving tag, and what moves it. */
export const Tag = z.strictObject({
  images: z.array(Name).min(1).describe('The images that carry it: no other image is ever given this tag.'),
  follows: z
    .enum(['branch', 'git-tag', 'semver', 'manual'])
    .default('branch')
    .describe(
      'branch: the newest commit of a branch, forward only. git-tag: the newest commit that a Git tag of the pattern names. ' +
        'semver: the highest release of a range, by the Git tags that are versions. manual: only people move it, by promotion and rollback.',
    ),
  branch: Branch.optional().describe("The branch it follows; the repo's tracked branch when absent."),
  pattern: GitTagPattern.optional().describe('git-tag: which Git tags name what it follows, e.g. release-*.'),
  range: Range.optional().describe(
    "semver: which versions, e.g. 1.2 for every 1.2.x or * for all; the tag's own name when absent, such as v1.",
  ),
  preReleases: z.boolean().default(false).describe('semver: whether versions such as 1.3.0-rc.1 count.'),
  whole: z
    .boolean()
    .default(false)
    .describe('All of its images move together: none moves before every one is built at the same commit.'),
  movedBy: z
    .enum(['headway', 'registry'])
    .default('headway')
    .describe('registry: others move it by pushing; headway reads it and deploys what follows it.'),
  gates: z
    .array(Name)
    .optional()
    .describe(
      'What each image must pass before the tag moves to it, the approval of people among it. When absent: nothing where it moves by itself, those of promotions where people promote to it.',
    ),
});
export type TagConfiguration = z.infer<typeof Tag>;

/** Whether automation moves the tag; people and others move every other. */
export function isMovedByItself({ movedBy, follows }: TagConfiguration): boolean {
  return movedBy === 'headway' && follows !== 'manual';
}
