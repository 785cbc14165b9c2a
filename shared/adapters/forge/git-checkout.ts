import { mkdir, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import type { CommitSha } from '../../domain/names/commit-sha.ts';
import { PermanentError } from '../../domain/permanent-error.ts';
import type { Checkout } from '../../ports/forge.ts';
import type { Mirror } from '../git/mirror.ts';

/**
 * Writes the tree of a commit that the mirror has into a fresh folder, as `git checkout` would: with executable
 * bits, symbolic links and line endings by attribute; submodules are empty folders. An index of its own, so that
 * any number of checkouts can run beside one another, and not `git archive`, which would leave out what is marked
 * `export-ignore`.
 */
export async function checkOut(
  mirror: Mirror,
  { sha, temporary }: { readonly sha: CommitSha; readonly temporary: string },
): Promise<Checkout> {
  await mkdir(temporary, { recursive: true });
  const folder = await mkdtemp(join(temporary, 'checkout-'));
  const path = join(folder, 'tree');
  const remove = () => rm(folder, { recursive: true, force: true });
  const how = {
    doing: `check out commit ${sha} from "${mirror.path}"`,
    cwd: path,
    variables: { GIT_INDEX_FILE: join(folder, 'index'), GIT_WORK_TREE: path },
    timeout: 600_000,
  };
  try {
    await mkdir(path);
    await mirror.read(['read-tree', sha], how);
    await mirror.read(['checkout-index', '--all', '--quiet'], how);
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove, folder: inside => folderIn(path, inside) };
}

async function folderIn(root: string, inside: string): Promise<string> {
  const real = await realpath(join(root, inside)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR' && error.code !== 'ELOOP') throw error;
    throw new PermanentError(`Cannot find folder "${inside}" in the commit`, { cause: error });
  });
  const below = relative(await realpath(root), real);
  if (below.startsWith('..') || isAbsolute(below)) {
    throw new PermanentError(`Cannot use folder "${inside}": it is a link that leads out of the repository`);
  }
  if ((await stat(real)).isDirectory()) return real;
  throw new PermanentError(`Cannot use "${inside}" as a folder: it is a file`);
}
