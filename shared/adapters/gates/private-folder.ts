import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Does something in a new folder that only we can read, with these files in it, and removes it with all that is in it. */
export async function inPrivateFolder<T>(
  files: Readonly<Record<string, string>>,
  act: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'headway-gate-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, name), content, { mode: 0o600, flag: 'wx' });
    }
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
