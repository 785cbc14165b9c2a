import { open } from 'node:fs/promises';

/** The text of a file, or why there is none, as the end of a sentence. */
export type ReadSecretFile = (
  path: string,
) => Promise<{ readonly text: string; readonly readableByOthers: boolean } | { readonly problem: string }>;

/** Far more than a key or a service account's file; what is larger is something else. */
const LARGEST = 64 * 1024;
const OTHERS_READ = 0o004;

/** Reads a secret's file from the disk, once. */
export const readSecretFile: ReadSecretFile = async path => {
  try {
    await using file = await open(path, 'r');
    const { mode, size } = await file.stat();
    if (size > LARGEST) return { problem: 'the file is larger than 64 KiB; is it the right one?' };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
    return { text, readableByOthers: (mode & OTHERS_READ) !== 0 };
  } catch (error) {
    if (error instanceof TypeError) return { problem: 'the file is not UTF-8 text' };
    return { problem: reason((error as NodeJS.ErrnoException).code) };
  }
};

function reason(code = 'an unknown error'): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder, not a file';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read the file';
    default:
      return `the system says ${code}`;
  }
}
