import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import dockerignore, { type Ignore } from '@balena/dockerignore';
import { BuildFailure } from '../../../ports/builder.ts';
import { ancestorsOf, FOLDER, type Node, type Tree } from './tree.ts';

export type Context = {
  readonly dockerfile: string;
  /** What is not ignored. Symbolic links are in it as links: following them goes through the tree. */
  readonly files: Tree;
  isIgnored(path: string): boolean;
};

/**
 * The files that a build may see. Owners are 0:0 and modes 755 or 644 by the executable bit, so that the same
 * commit gives the same image whoever checked it out.
 *
 * @throws {BuildFailure} when the Dockerfile is not there, or not inside the context.
 */
export async function readContext(folder: string, dockerfile: string, signal: AbortSignal): Promise<Context> {
  const root = await realpath(folder).catch(() => {
    throw new BuildFailure(
      `The build context ${JSON.stringify(folder)} is not there; correct context of this image`,
    );
  });
  const content = await readInside(root, dockerfile);
  if (content === undefined) {
    throw new BuildFailure(
      `${JSON.stringify(dockerfile)} is not a file in the build context; correct dockerfile of this image, or add the file`,
    );
  }
  // https://docs.docker.com/build/concepts/context/#filename-and-location
  const own = await readInside(root, `${dockerfile}.dockerignore`);
  const patterns = own ?? (await readInside(root, '.dockerignore')) ?? '';
  const ignore = dockerignore.default({ ignorecase: false }).add(patterns);
  const hasExceptions = /^\s*!/m.test(patterns);
  const files = new Map<string, Node>();
  await walk('', { root, ignore, hasExceptions, files, signal });
  return { dockerfile: content, files, isIgnored: path => ignore.ignores(path) };
}

/** The text of a file below the root, links followed; nothing when it is not there or is elsewhere. */
async function readInside(root: string, path: string): Promise<string | undefined> {
  const real = await realpath(join(root, path)).catch(() => undefined);
  if (real === undefined || !real.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
  return (await lstat(real)).isFile() ? readFile(real, 'utf8') : undefined;
}

type Walk = {
  readonly root: string;
  readonly ignore: Ignore;
  /** Whether an ignored folder may hold what is not ignored. */
  readonly hasExceptions: boolean;
  readonly files: Map<string, Node>;
  readonly signal: AbortSignal;
};

async function walk(folder: string, all: Walk): Promise<void> {
  const { root, ignore, hasExceptions, files, signal } = all;
  signal.throwIfAborted();
  const names = await readdir(join(root, folder));
  for (const name of names.toSorted()) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const node = await readNode(join(root, path));
    if (node === undefined) continue;
    const isIgnored = ignore.ignores(path);
    if (!isIgnored) {
      for (const above of ancestorsOf(path)) files.set(above, FOLDER);
      files.set(path, node);
    }
    if (node.kind === 'directory' && (!isIgnored || hasExceptions)) await walk(path, all);
  }
}

/** Nothing for sockets, pipes and devices, which no commit holds. */
async function readNode(path: string): Promise<Node | undefined> {
  const stat = await lstat(path);
  if (stat.isDirectory()) return FOLDER;
  if (stat.isSymbolicLink()) return { kind: 'symlink', target: await readlink(path), uid: 0, gid: 0 };
  if (!stat.isFile()) return undefined;
  const mode = (stat.mode & 0o111) === 0 ? 0o644 : 0o755;
  return { kind: 'file', mode, uid: 0, gid: 0, size: stat.size, content: { in: 'folder', path } };
}
