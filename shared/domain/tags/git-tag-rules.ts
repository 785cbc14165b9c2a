import type { GitTagRule } from '../documents/tag.ts';
import { compareVersions, isInRange, parseRange, parseVersion, type Version } from '../names/version.ts';

/** Whether a Git tag puts the commit that it names up for what follows the rule. */
export function isTakenBy(rule: GitTagRule, gitTag: string): boolean {
  if (rule.kind === 'pattern') return expressionOf(rule.pattern).test(gitTag);
  return versionIn(rule, gitTag) !== undefined;
}

/** A Git tag of a rule; the highest of several that are versions. */
export function nameFor(rule: GitTagRule, gitTags: readonly string[]): string | undefined {
  if (rule.kind === 'pattern') return gitTags.find(gitTag => isTakenBy(rule, gitTag));
  const versions = gitTags.flatMap(name => {
    const version = versionIn(rule, name);
    return version === undefined ? [] : [{ name, version }];
  });
  return versions.toSorted((a, b) => compareVersions(b.version, a.version))[0]?.name;
}

function versionIn(
  { range, preReleases }: Extract<GitTagRule, { kind: 'versions' }>,
  gitTag: string,
): Version | undefined {
  const version = parseVersion(gitTag);
  const wanted = parseRange(range);
  if (version === undefined || wanted === undefined) return undefined;
  return isInRange(version, wanted, preReleases) ? version : undefined;
}

function expressionOf(pattern: string): RegExp {
  const parts = [...pattern].map(character => {
    if (character === '*') return '.*';
    return character === '?' ? '.' : RegExp.escape(character);
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}
