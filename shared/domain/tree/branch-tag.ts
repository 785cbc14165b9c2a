import { isTag } from '../names/image-reference.ts';

export type BranchTag =
  | { readonly kind: 'tag'; readonly tag: string; readonly note?: string }
  | { readonly kind: 'refused'; readonly reason: string };

export type BranchTagOptions = {
  /** e.g. `2026.3`. */
  readonly prefix?: string | undefined;
  /** Branches that were there before: each keeps its tag. */
  readonly earlier?: Iterable<string>;
};

/** https://docs.docker.com/reference/cli/docker/image/tag/#description */
const LONGEST = 128;
/** `PREFIX-stable` is what a release is called; no branch may pass for one. */
const RESERVED = 'stable';
/** Without a prefix of its own a branch could bring one. */
const RELEASE = /^[^-]+-stable$/;

/**
 * The tag that images of a branch are pushed under: `PREFIX-BRANCH`, every character that a tag cannot have
 * turned into a dash. Where that is too long, or is the tag of an earlier branch, it ends in eight hex digits made
 * from the branch's full name, so that two branches do not share a tag.
 */
export function branchTag(branch: string, { prefix, earlier = [] }: BranchTagOptions = {}): BranchTag {
  const suffix = suffixOf(branch);
  if (suffix === '') return { kind: 'refused', reason: 'Cannot name a tag for a branch without a name' };
  if (suffix === RESERVED || (prefix === undefined && RELEASE.test(suffix))) {
    const reason = `Cannot name a tag for branch "${branch}": "${suffix}" is what releases are called; rename the branch`;
    return { kind: 'refused', reason };
  }
  const tag = plainTag(suffix, prefix);
  const owner = [...earlier].find(other => other !== branch && plainTag(suffixOf(other), prefix) === tag);
  if (owner !== undefined) {
    return marked({ branch, tag, note: `"${tag}" is the tag of branch "${owner}"` });
  }
  return isTag(tag)
    ? { kind: 'tag', tag }
    : marked({ branch, tag, note: `"${tag}" is longer than ${LONGEST} characters` });
}

/** Whether two branches would have one tag if neither knew of the other. */
export function wouldCollide(a: string, b: string): boolean {
  return a !== b && suffixOf(a) === suffixOf(b);
}

/**
 * The tag that images of a pull request are pushed under, and that nothing follows: `NUMBER_PATCH`.
 *
 * @param patch what tells one state of it from the next: the number of the patch set, or seven digits of its commit.
 */
export function pullRequestTag({
  number,
  patch,
}: {
  readonly number: number;
  readonly patch: string;
}): string {
  return `${number}_${suffixOf(patch)}`;
}

function suffixOf(branch: string): string {
  return branch.replaceAll(/[^\w.-]/gu, '-');
}

function plainTag(suffix: string, prefix: string | undefined): string {
  if (prefix !== undefined) return `${prefix}-${suffix}`;
  return /^\w/.test(suffix) ? suffix : `_${suffix}`;
}

/** Whether a tag of a branch ends in digits made from its name. */
export function isMarked(tag: string, branch: string): boolean {
  return tag.endsWith(`-${checksum(branch)}`);
}

type Marking = { readonly branch: string; readonly tag: string; readonly note: string };

function marked({ branch, tag, note }: Marking): BranchTag {
  return { kind: 'tag', tag: `${tag.slice(0, LONGEST - 9)}-${checksum(branch)}`, note };
}

/** FNV-1a of the UTF-16 code units: no secret depends on it. https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}
