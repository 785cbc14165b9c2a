import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';

/** A file's text, or a program, or a symbolic link. */
export type ContextFile = string | Uint8Array | { readonly program: string } | { readonly link: string };

/** A folder with these files, gone with the test. @returns its path. */
export async function buildContext(
  t: ExecutionContext,
  files: Readonly<Record<string, ContextFile>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headway-context-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const [path, file] of Object.entries(files)) await writeContextFile(join(folder, path), file);
  return folder;
}

export async function writeContextFile(path: string, file: ContextFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (typeof file === 'string' || file instanceof Uint8Array) return await writeFile(path, file);
  if ('link' in file) return await symlink(file.link, path);
  await writeFile(path, file.program);
  await chmod(path, 0o755);
}
