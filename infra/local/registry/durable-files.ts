import { randomUUID } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

type Draft = {
  /** A folder of the same file system, whose files nobody reads. */
  readonly drafts: string;
};

/** Writes the whole file or nothing, whatever ends the process; on disk when it resolves. */
export async function writeDurably(
  path: string,
  content: string | Uint8Array,
  { drafts }: Draft,
): Promise<void> {
  const draft = join(drafts, randomUUID());
  const file = await open(draft, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await moveDurably(draft, path);
}

/** Moves a file that is on disk already, replacing what is there. */
export async function moveDurably(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async error => {
    if (!isAbsent(error)) throw error;
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
  });
  await syncFolder(dirname(to));
}

/** A file's name is durable when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** What `use` gives, or nothing where there is no such file or folder. */
export async function ifThere<T>(use: Promise<T>): Promise<T | undefined> {
  return await use.catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
