import { besideOneAnother } from './beside-one-another.ts';
import type { RepositoryApi, TreeEntry } from './repository-api.ts';

type Contents = ReadonlyMap<string, Uint8Array>;

/** The contents of those of the paths that the forge has a file at. */
export async function readFiles(
  paths: readonly string[],
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<Contents> {
  const contents = new Map<string, Uint8Array>();
  await besideOneAnother(paths, async path => {
    const content = await read(path);
    if (content !== undefined) contents.set(path, content);
  });
  return contents;
}

/** The same where a path alone would not do, by the list of everything in the commit. */
export async function readListed(
  { tree, blob }: Pick<RepositoryApi, 'tree' | 'blob'>,
  { sha, paths }: { readonly sha: string; readonly paths: readonly string[] },
): Promise<Contents> {
  if (paths.length === 0) return new Map();
  const entries = new Map((await tree(sha)).filter(isBlob).map(entry => [entry.path, entry]));
  return readFiles(paths, async path => {
    const entry = entries.get(path);
    return entry && blob(entry, sha);
  });
}

/** A file or a link; what a submodule names is in another repository. */
function isBlob({ mode }: TreeEntry): boolean {
  return mode.startsWith('10') || mode.startsWith('12');
}
