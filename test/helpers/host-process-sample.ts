import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { developerGit } from '../../infra/local/sample/developer-git.ts';
import { temporaryFolder } from './git-repository.ts';
import {
  type Ended,
  freePort,
  type HeadwayProcess,
  runHeadway,
  shellCommand,
  startHeadway,
} from './host-process.ts';
import { readApi } from './host-process-checks.ts';

/** The bundled sample in an empty folder, to be started again and again. */
export type SamplePlace = {
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  /** The bare repositories that it makes. */
  readonly shop: string;
  readonly manifests: string;
  up(environment?: Readonly<Record<string, string>>): HeadwayProcess;
  run(...words: readonly string[]): Promise<Ended>;
  /** The same for a shell. */
  command(words: string): string;
};
type Options = { readonly environment?: Readonly<Record<string, string>>; readonly node?: string };

export async function createSamplePlace(
  t: ExecutionContext,
  { environment = {}, node }: Options = {},
): Promise<SamplePlace> {
  const folder = await temporaryFolder(t);
  const port = await freePort();
  const options = {
    cwd: folder,
    environment: { PORT: String(port), ...environment },
    ...(node !== undefined && { node }),
  };
  return {
    folder,
    port,
    url: `http://127.0.0.1:${port}`,
    shop: join(folder, '.headway/sample/shop.git'),
    manifests: join(folder, '.headway/sample/manifests.git'),
    up(more = {}) {
      const host = startHeadway(['up'], { ...options, environment: { ...options.environment, ...more } });
      t.teardown(() => host.signal('SIGKILL'));
      return host;
    },
    run: (...words) => runHeadway(words, options),
    command: words => shellCommand(words, options),
  };
}

/** The last line that a start of the sample says by itself. */
export const TOLD = /Ctrl-C stops$/m;

/** Changes the shop's page in a clone of its own and pushes, as a reader of the first screen would. */
export async function pushChange(t: ExecutionContext, { shop }: SamplePlace, words: string): Promise<string> {
  const clone = join(await temporaryFolder(t), 'shop');
  await developerGit(['clone', '--quiet', shop, clone]);
  const page = await readFile(join(clone, 'web/index.html'), 'utf8');
  await writeFile(join(clone, 'web/index.html'), page.replace('</ul>', `<li>${words}</li></ul>`));
  await developerGit(['commit', '--quiet', '--all', '--message', words], { cwd: clone });
  await developerGit(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: clone });
  return developerGit(['rev-parse', 'HEAD'], { cwd: clone });
}

type Running = {
  readonly phase: string;
  readonly observed?: { readonly commit?: string; readonly digest: string };
};

/** Resolves with the digest once the service is observed running the commit. */
export async function untilRunning(url: string, service: string, commit: string): Promise<string> {
  const end = Date.now() + 60_000;
  for (;;) {
    const found = await readApi<Running>(url, `services/${service}`);
    if (found?.phase === 'running' && found.observed?.commit === commit) return found.observed.digest;
    if (Date.now() > end) throw new Error(`${service} does not run ${commit}: ${JSON.stringify(found)}`);
    await later(100);
  }
}

/** The processes that work in or on the folder, by their command lines. */
export async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (words.includes(folder)) found.push(words.replaceAll('\0', ' '));
  }
  return found;
}
