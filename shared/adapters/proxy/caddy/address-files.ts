import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Far longer than it takes to read the folder and then each file in it. */
const GRACE = 500;

/**
 * The files of a folder are named for these addresses, and for no others. The new ones are there before the old
 * ones go, and the newest of all at once: whoever takes the newest finds one at every moment. Whoever has read the
 * names before the new ones were there still finds the old ones for half a second.
 */
export async function writeAddresses(folder: string, addresses: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const present = await readdir(folder);
  const gone = present.filter(name => !addresses.includes(name));
  // One that is there may be older than what goes, when somebody was stopped half way.
  const wanted = gone.length > 0 ? addresses : addresses.filter(address => !present.includes(address));
  for (const address of wanted) {
    await writeFile(join(folder, address), '');
    const now = new Date();
    await utimes(join(folder, address), now, now);
  }
  if (gone.length === 0) return;
  await sleep(GRACE);
  for (const name of gone) await rm(join(folder, name), { force: true });
}
