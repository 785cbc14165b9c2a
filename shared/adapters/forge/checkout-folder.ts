import { mkdir, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { PermanentError } from '../../domain/permanent-error.ts';
import { type Checkout, MissingFolder } from '../../ports/forge.ts';

/** A folder of its own inside `temporary`; `path` is the tree that is to be filled, beside it is room for more. */
export type CheckoutFolder = { readonly folder: string; readonly path: string };

/** A checkout in a fresh folder, once it is filled. Nothing is left when that fails. */
export async function makeCheckout(
  temporary: string,
  fill: (place: CheckoutFolder) => Promise<void>,
): Promise<Checkout> {
  await mkdir(temporary, { recursive: true });
  const folder = await mkdtemp(join(temporary, 'checkout-'));
  const path = join(folder, 'tree');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await mkdir(path);
    await fill({ folder, path });
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove, folder: inside => folderIn(path, inside) };
}

async function folderIn(root: string, inside: string): Promise<string> {
  const real = await realpath(join(root, inside)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR' && error.code !== 'ELOOP') throw error;
    throw new MissingFolder(`Cannot find folder "${inside}" in the commit`, { cause: error });
  });
  const below = relative(await realpath(root), real);
  if (below.startsWith('..') || isAbsolute(below)) {
    throw new PermanentError(`Cannot use folder "${inside}": it is a link that leads out of the repository`);
  }
  if ((await stat(real)).isDirectory()) return real;
  throw new PermanentError(`Cannot use "${inside}" as a folder: it is a file`);
}
