import { PermanentError } from '../../../domain/permanent-error.ts';
import { isInTree } from '../../git/is-in-tree.ts';
import type { TreeEntry } from './repository-api.ts';

export type Listed = TreeEntry & { readonly kind: 'file' | 'link' | 'submodule' };
/** What is to be written, by path. No path leads out of the checkout, and nothing stands below a file or a link. */
export type Listing = ReadonlyMap<string, Listed>;

const KINDS: ReadonlyMap<string, Listed['kind']> = new Map([
  ['10', 'file'],
  ['12', 'link'],
  ['16', 'submodule'],
]);

/**
 * Checks what a forge says is in a commit. Git itself takes no such names
 * (https://git-scm.com/docs/git-update-index#_using_cacheinfo_or_info_only), yet what answers need not be Git.
 * @throws {PermanentError} for a name that could lead a write, or a later read, elsewhere.
 */
export function listingOf(entries: readonly TreeEntry[]): Listing {
  const listing = new Map<string, Listed>();
  for (const entry of entries) {
    const kind = KINDS.get(entry.mode.slice(0, 2));
    if (kind === undefined) continue;
    if (!isInTree(entry.path) || listing.has(entry.path)) refuse(entry.path);
    listing.set(entry.path, { ...entry, kind });
  }
  for (const path of listing.keys()) if (aboveOf(path).some(above => listing.has(above))) refuse(path);
  return listing;
}

function aboveOf(path: string): string[] {
  const names = path.split('/');
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'));
}

function refuse(path: string): never {
  throw new PermanentError(
    `Cannot check the commit out: the forge lists ${JSON.stringify(path)}, which no checkout can hold`,
  );
}
