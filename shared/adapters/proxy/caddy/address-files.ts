import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The files of a folder are named for these addresses, and for no others. The new ones are there before the old
 * ones go: whoever takes the newest finds one at every moment.
 */
export async function writeAddresses(folder: string, addresses: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const present = await readdir(folder);
  for (const address of addresses) {
    if (!present.includes(address)) await writeFile(join(folder, address), '');
  }
  for (const name of present) {
    if (!addresses.includes(name)) await rm(join(folder, name), { force: true });
  }
}
