import { parseRange } from '../names/version.ts';
import type { Mistake } from './mistake.ts';
import type { Configuration } from './schema.ts';
import { isMovedByItself, type TagConfiguration } from './tags.ts';

/** Tags whose settings say half of a rule, or what does not belong to their rule. */
export function tagRules({ tags, images }: Configuration): Mistake[] {
  return Object.entries(tags).flatMap(([name, tag]) =>
    [...ruleMistakes(name, tag), ...wholeMistakes(tag, images)].map(([field, message]) => ({
      path: ['tags', name, field],
      message,
    })),
  );
}

type Found = readonly [field: keyof TagConfiguration, message: string];

function ruleMistakes(name: string, tag: TagConfiguration): Found[] {
  const { follows, movedBy, pattern, range, preReleases, branch } = tag;
  const mistakes: Found[] = [];
  if (movedBy === 'registry' && follows !== 'branch' && follows !== 'manual') {
    mistakes.push(['movedBy', `expected headway: others do not know that the tag follows "${follows}"`]);
  }
  if (follows === 'git-tag' && pattern === undefined) {
    mistakes.push(['follows', 'expected pattern beside git-tag: which Git tags it follows, e.g. release-*']);
  }
  if (follows !== 'git-tag' && pattern !== undefined) {
    mistakes.push(['pattern', 'expected only beside follows: git-tag']);
  }
  if (follows === 'semver' && range === undefined && parseRange(name) === undefined) {
    mistakes.push(['follows', `expected range beside semver, since "${name}" is no range such as v1 or 1.2`]);
  }
  if (follows !== 'semver' && range !== undefined) {
    mistakes.push(['range', 'expected only beside follows: semver']);
  }
  if (follows !== 'semver' && preReleases) {
    mistakes.push(['preReleases', 'expected only beside follows: semver']);
  }
  if (follows !== 'branch' && branch !== undefined) {
    mistakes.push(['branch', `expected only beside follows: branch; ${follows} looks at no branch`]);
  }
  return mistakes;
}

function wholeMistakes(tag: TagConfiguration, images: Configuration['images']): Found[] {
  if (!tag.whole) return [];
  if (!isMovedByItself(tag)) {
    return [['whole', 'expected only where headway moves the tag by itself']];
  }
  const repos = new Set(tag.images.flatMap(image => images[image]?.repo ?? []));
  if (repos.size < 2) return [];
  return [
    ['whole', `expected images of one repo, which have commits in common; found ${[...repos].join(', ')}`],
  ];
}
