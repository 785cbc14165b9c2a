import { posix } from 'node:path';
import { StepRefused } from './refusals.ts';
import {
  ancestorsOf,
  below,
  type Directory,
  FOLDER,
  followLinks,
  type Node,
  nodeAt,
  type Tree,
  toTreePath,
} from './tree.ts';
import { hasWildcards, wildcardExpression } from './wildcards.ts';

export type Copying = {
  readonly keyword: 'COPY' | 'ADD';
  /** As in the Dockerfile, variables replaced. */
  readonly sources: readonly string[];
  readonly destination: string;
  /** Where a relative destination begins. */
  readonly workdir: string;
  readonly from: {
    readonly tree: Tree;
    /** For messages: "the build context". */
    readonly name: string;
    readonly isContext: boolean;
    /** Why a path that is not in the tree is missing, where that is known. */
    readonly whyMissing?: (path: string) => string | undefined;
  };
  /** What the image holds so far. */
  readonly into: Tree;
  readonly owner: { readonly uid: number; readonly gid: number };
  /** For every file and folder that is copied; their own when absent. */
  readonly mode?: number;
};

/** One source as it was written, and where it is. */
export type Match = { readonly name: string; readonly path: string; readonly node: Node };

/**
 * What a COPY adds to an image, with the folders above it, by Docker's rules: the content of a folder is copied,
 * not the folder; one file goes to the destination, or into it where it ends with a slash or is a folder already;
 * more than one need a slash. https://docs.docker.com/reference/dockerfile/#copy
 *
 * @throws {StepRefused} naming the source that is missing, or the place that is taken.
 */
export function copyFiles(copying: Copying, matches = matchSources(copying)): Map<string, Node> {
  const { destination, workdir, into } = copying;
  const isFolder = /(?:^|\/)\.{0,2}$/.test(destination);
  if (!isFolder && (matches.length > 1 || copying.sources.length > 1)) {
    throw new StepRefused(
      `${copying.keyword} of several sources needs a destination that ends with a slash, found ${JSON.stringify(destination)}`,
    );
  }
  const start = followLinks(into, toTreePath(posix.resolve('/', workdir, destination)), 'impossible');
  const entries = new Map<string, Node>();
  for (const match of matches) placeMatch(match, { start, isFolder }, { copying, entries });
  return entries;
}

/** The folder at this path with what is above it, as WORKDIR makes it; empty when it is there already. */
export function makeFolder(path: string, into: Tree): Map<string, Node> {
  const entries = new Map<string, Node>();
  const target = followLinks(into, toTreePath(path), 'impossible');
  const found = nodeAt(into, target);
  if (found?.kind === 'directory') return entries;
  if (found !== undefined)
    throw new StepRefused(`${JSON.stringify(path)} is there already and is not a folder`);
  placeAbove(target, FOLDER, { into, entries });
  entries.set(target, FOLDER);
  return entries;
}

/** @throws {StepRefused} for a source that leads out of the context, or that nothing matches. */
export function matchSources({
  keyword,
  sources,
  from,
}: Pick<Copying, 'keyword' | 'sources' | 'from'>): Match[] {
  return sources.flatMap(source => {
    const path = from.isContext ? posix.normalize(source).replace(/^\/+|\/+$/g, '') : toTreePath(source);
    if (path.split('/')[0] === '..') {
      throw new StepRefused(`${keyword} source ${JSON.stringify(source)} leads out of the build context`);
    }
    const names = hasWildcards(path) ? matchWildcards(from.tree, path) : [path === '.' ? '' : path];
    if (names.length === 0) {
      throw new StepRefused(`${keyword} source ${JSON.stringify(source)} matches nothing in ${from.name}`);
    }
    return names.map(name => {
      const found = followLinks(from.tree, name, from.isContext ? 'refused' : 'impossible');
      const node = nodeAt(from.tree, found);
      if (node === undefined) {
        const why = from.whyMissing?.(found);
        throw new StepRefused(
          `${keyword} source ${JSON.stringify(source)} is not in ${from.name}${why === undefined ? '' : `: ${why}`}`,
        );
      }
      return { name, path: found, node };
    });
  });
}

function matchWildcards(tree: Tree, pattern: string): string[] {
  const expression = wildcardExpression(pattern);
  return [...tree.keys()].filter(path => expression.test(path)).toSorted();
}

type Placing = { readonly copying: Copying; readonly entries: Map<string, Node> };

function placeMatch(
  { name, path, node }: Match,
  { start, isFolder }: { readonly start: string; readonly isFolder: boolean },
  placing: Placing,
): void {
  const { from, into } = placing.copying;
  if (node.kind === 'directory') {
    placeFolder(start, node, placing);
    for (const [inner, child] of below(from.tree, path)) place(`${start}/${inner}`, child, placing);
    return;
  }
  const within = isFolder || nodeAt(into, start)?.kind === 'directory';
  place(within ? `${start}/${posix.basename(name)}` : start, node, placing);
}

function place(path: string, node: Node, placing: Placing): void {
  if (node.kind === 'directory') {
    placeFolder(path, node, placing);
    return;
  }
  const { copying, entries } = placing;
  if (node.kind === 'special')
    throw new StepRefused(`${JSON.stringify(path)} is a device or a pipe, which is not copied`);
  const target = inFollowedFolder(path, copying.into);
  const there = entries.get(target) ?? nodeAt(copying.into, target);
  if (there?.kind === 'directory')
    throw new StepRefused(`cannot copy a file over the folder ${JSON.stringify(`/${target}`)}`);
  placeAbove(target, copying.owner, { into: copying.into, entries });
  const mode = node.kind === 'file' && copying.mode !== undefined ? { mode: copying.mode } : {};
  entries.set(target, { ...node, ...copying.owner, ...mode });
}

function placeFolder(path: string, node: Directory, { copying, entries }: Placing): void {
  const target = followLinks(copying.into, path, 'impossible');
  if (target === '' || entries.has(target)) return;
  const there = nodeAt(copying.into, target);
  if (there !== undefined && there.kind !== 'directory') {
    throw new StepRefused(`cannot copy a folder over the file ${JSON.stringify(`/${target}`)}`);
  }
  placeAbove(target, copying.owner, { into: copying.into, entries });
  entries.set(target, there ?? { ...node, ...copying.owner, mode: copying.mode ?? node.mode });
}

/**
 * A layer holds the folders above its files too, as they are in the image: an engine would make those that are
 * missing with a mode of its own, and lay them over the image's.
 */
function placeAbove(
  path: string,
  { uid, gid }: Copying['owner'],
  { into, entries }: { readonly into: Tree; readonly entries: Map<string, Node> },
): void {
  if (/(?:^|\/)\.wh\./.test(path)) {
    throw new StepRefused(
      `cannot copy ${JSON.stringify(path)}: in a layer, .wh. before a name means removal`,
    );
  }
  for (const above of ancestorsOf(path)) {
    const there = entries.get(above) ?? nodeAt(into, above);
    if (there !== undefined && there.kind !== 'directory') {
      throw new StepRefused(`cannot make the folder ${JSON.stringify(`/${above}`)}: a file has this name`);
    }
    entries.set(above, there ?? { ...FOLDER, uid, gid });
  }
}

/** The last part stays as it is: a link there is replaced, not followed. */
function inFollowedFolder(path: string, into: Tree): string {
  const folder = followLinks(into, posix.dirname(`/${path}`), 'impossible');
  return toTreePath(`${folder}/${posix.basename(path)}`);
}
