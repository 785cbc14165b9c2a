import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { temporaryFolder } from './git-repository.ts';
import { freePort } from './host-process.ts';

export type NotifyingRegistry = {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
};

/**
 * A Distribution registry in a process of its own that tells `hook` of every push, with the bearer secret. It tries
 * again for as long as nobody takes what it tells.
 *
 * @returns nothing on a machine without the program `docker-registry`.
 * @throws when the real servers were promised (`CI=true` and `HEADWAY_E2E=1`).
 */
export async function startNotifyingRegistry(
  t: ExecutionContext,
  { hook, secret }: { readonly hook: string; readonly secret: string },
): Promise<NotifyingRegistry | undefined> {
  const folder = await temporaryFolder(t);
  const host = `127.0.0.1:${await freePort()}`;
  const file = join(folder, 'registry.json');
  // YAML takes JSON as it is.
  await writeFile(
    file,
    JSON.stringify({
      version: 0.1,
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: join(folder, 'images') } },
      http: { addr: host },
      notifications: {
        endpoints: [
          {
            name: 'headway',
            url: hook,
            headers: { Authorization: [`Bearer ${secret}`] },
            timeout: '2s',
            threshold: 3,
            backoff: '200ms',
          },
        ],
      },
    }),
  );
  const child = spawn('docker-registry', ['serve', file], { stdio: 'ignore' });
  t.teardown(() => void child.kill('SIGKILL'));
  try {
    await once(child, 'spawn');
  } catch (error) {
    const isPromised = process.env['CI'] === 'true' && process.env['HEADWAY_E2E'] === '1';
    if (isPromised || !(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    return undefined;
  }
  await untilServed(host);
  return { host };
}

async function untilServed(host: string): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > end) throw new Error(`The registry on ${host} does not serve`);
    await later(50);
  }
}
