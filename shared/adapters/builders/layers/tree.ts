import { posix } from 'node:path';
import type { ImageReference } from '../../../domain/names/image-reference.ts';
import type { Descriptor } from '../../../ports/image-store.ts';
import { StepRefused } from './refusals.ts';

/** Where a file's bytes are: on this disk, or under a path in a layer of an image. */
export type Content =
  | { readonly in: 'folder'; readonly path: string }
  | {
      readonly in: 'layer';
      readonly image: ImageReference;
      readonly layer: Descriptor;
      readonly path: string;
    };

type Owner = { readonly uid: number; readonly gid: number };
export type Directory = Owner & { readonly kind: 'directory'; readonly mode: number };
export type File = Owner & {
  readonly kind: 'file';
  readonly mode: number;
  readonly size: number;
  readonly content: Content;
};
export type Symlink = Owner & { readonly kind: 'symlink'; readonly target: string };
/** A device or a pipe: known to be there, never copied. */
export type Special = { readonly kind: 'special' };
export type Node = Directory | File | Symlink | Special;

/** Files by their path from the root, without a slash in front; the root itself is the empty path. */
export type Tree = ReadonlyMap<string, Node>;

/** As a folder is where nothing says otherwise; the root too. */
export const FOLDER: Directory = { kind: 'directory', mode: 0o755, uid: 0, gid: 0 };
/** As many as Linux follows before it says ELOOP. */
const MOST_LINKS = 40;

export function nodeAt(tree: Tree, path: string): Node | undefined {
  return path === '' ? FOLDER : tree.get(path);
}

/** `/a/./b/../c/` as a path of a tree: `a/c`. The parent of the root is the root. */
export function toTreePath(path: string): string {
  return posix.normalize(`/${path}`).replace(/^\/|\/$/g, '');
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** The folders above a path, the outermost first, without the root. */
export function ancestorsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Everything below a folder, with the path relative to it, in the order of the paths. */
export function below(tree: Tree, folder: string): [path: string, node: Node][] {
  const start = folder === '' ? '' : `${folder}/`;
  return [...tree]
    .filter(([path]) => path.startsWith(start))
    .map(([path, node]): [string, Node] => [path.slice(start.length), node])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * The path with every symbolic link in it followed; where nothing is there, the path as it would be made.
 * A root that must not be left (`leaving: 'refused'`) refuses links that are absolute or lead above it; in an
 * image they begin at its root again, as in a container.
 */
export function followLinks(tree: Tree, path: string, leaving: 'refused' | 'impossible'): string {
  let at: Walked = { done: [], todo: partsOf(path) };
  let links = 0;
  while (at.todo.length > 0) {
    const next = walkOn(tree, at);
    if (next.leaves && leaving === 'refused') throw leaves(path);
    if (next.followed) links += 1;
    if (links > MOST_LINKS) throw new StepRefused(`${JSON.stringify(path)} is a circle of symbolic links`);
    at = next;
  }
  return at.done.join('/');
}

type Walked = { readonly done: readonly string[]; readonly todo: readonly string[] };

function walkOn(tree: Tree, { done, todo }: Walked): Walked & { leaves?: boolean; followed?: boolean } {
  const [part = '', ...rest] = todo;
  if (part === '..') return { done: done.slice(0, -1), todo: rest, leaves: done.length === 0 };
  const node = tree.get([...done, part].join('/'));
  if (node?.kind !== 'symlink') return { done: [...done, part], todo: rest };
  const absolute = node.target.startsWith('/');
  return {
    done: absolute ? [] : done,
    todo: [...partsOf(node.target), ...rest],
    leaves: absolute,
    followed: true,
  };
}

function partsOf(path: string): string[] {
  return path.split('/').filter(part => part !== '' && part !== '.');
}

function leaves(path: string): StepRefused {
  return new StepRefused(`${JSON.stringify(path)} is a symbolic link that leads out of the build context`);
}
