/** Why an image is built. */
export type Reason =
  | { readonly kind: 'full rebuild'; readonly wantedBy: 'person' | 'message' }
  | { readonly kind: 'default branch'; readonly branch: string }
  | { readonly kind: 'first run'; readonly branch: string }
  /** The image is new, or has never been built to the end. */
  | { readonly kind: 'never built' }
  /** The commit that it would be compared with is in no history any more. */
  | { readonly kind: 'nothing to compare'; readonly commit: string }
  /** A file that every image depends on. */
  | { readonly kind: 'shared file'; readonly file: string }
  /** Files of its own folder, in the order of their paths. */
  | { readonly kind: 'changed'; readonly files: readonly string[] }
  | { readonly kind: 'missing'; readonly tag: string }
  | { readonly kind: 'outdated parent'; readonly parent: string }
  | { readonly kind: 'parent is built'; readonly parent: string };

/** One or more, the one that says most first. */
export type Reasons = readonly [Reason, ...Reason[]];

/** For people: the end of the sentence "it is built, since …". */
export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'full rebuild':
      return reason.wantedBy === 'person' ? 'a full rebuild was asked for' : 'a message says "full rebuild"';
    case 'default branch':
      return `everything is built on ${reason.branch}`;
    case 'first run':
      return `nothing of ${reason.branch} was built before`;
    case 'never built':
      return 'nothing of it was built before';
    case 'nothing to compare':
      return `commit ${reason.commit.slice(0, 7)}, which it would be compared with, is gone`;
    case 'shared file':
      return `${reason.file} changed, which every image depends on`;
    case 'changed':
      return changedText(reason.files);
    case 'missing':
      return `${reason.tag} is not in the registry`;
    case 'outdated parent':
      return `it stands on an older ${reason.parent}`;
    case 'parent is built':
      return `it stands on ${reason.parent}, which is built`;
  }
}

function changedText([first = '', ...more]: readonly string[]): string {
  if (more.length === 0) return `${first} changed`;
  return `${first} and ${more.length === 1 ? '1 other file' : `${more.length} other files`} changed`;
}
