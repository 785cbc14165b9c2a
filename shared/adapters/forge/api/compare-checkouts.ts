import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Checkout } from '../../../ports/forge.ts';

/** The texts of those of the paths that are files of the checkout. */
export async function textsIn(checkout: Checkout, paths: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const path of paths) {
    const at = join(checkout.path, path);
    const isInside = !relative(checkout.path, at).startsWith('..');
    const found = isInside ? await lstat(at).catch(() => undefined) : undefined;
    if (found?.isFile()) texts.set(path, await readFile(at, 'utf8'));
  }
  return texts;
}

/** The paths that are not the same in both, in the order of their names. */
export async function differences(before: Checkout, after: Checkout): Promise<string[]> {
  const [old, now] = [await marksOf(before.path), await marksOf(after.path)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter(path => old.get(path) !== now.get(path))
    .toSorted();
}

/** What tells one file from another: its content, whether it is run, where a link leads. */
async function marksOf(root: string): Promise<Map<string, string>> {
  const marks = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const at = join(entry.parentPath, entry.name);
    const path = relative(root, at).split(sep).join('/');
    marks.set(path, entry.isSymbolicLink() ? `link ${await readlink(at)}` : await markOf(at));
  }
  return marks;
}

async function markOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return `${(await lstat(file)).mode & 0o100} ${hash.digest('hex')}`;
}
