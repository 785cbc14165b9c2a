import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { Report } from '../../shared/domain/documents/survey.ts';
import { temporaryFolder } from './git-repository.ts';
import { freePort, runHeadway, startHeadway } from './host-process.ts';
import { readApi } from './host-process-checks.ts';
import { signedWebhook, type WebhookOptions } from './signed-webhook.ts';

type Options = {
  /** What stands in the example's text, and what stands there on this machine. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The secrets that it asks for. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};
type Running = {
  readonly phase: string;
  readonly message?: string;
  readonly observed?: { readonly digest: string; readonly commit?: string };
};

/**
 * A host that serves an example's own `headway.yaml`. Nothing in it is changed but the addresses of servers, with their logins.
 *
 * @throws when an address is not in the example, so that both stay in step.
 */
export async function startExample(t: ExecutionContext, name: string, { addresses, environment }: Options) {
  const cwd = await temporaryFolder(t);
  let text = await readFile(new URL(`../../infra/examples/${name}/headway.yaml`, import.meta.url), 'utf8');
  for (const [there, here] of Object.entries(addresses)) {
    if (!text.includes(there))
      throw new Error(`Cannot replace "${there}": it is not in the example "${name}"`);
    text = text.replaceAll(there, here);
  }
  await writeFile(join(cwd, 'headway.yaml'), text);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const host = startHeadway(['up'], { cwd, environment: { PORT: String(port), ...environment } });
  t.teardown(async () => {
    if (!t.passed) t.log(host.out() + host.err());
    host.signal('SIGKILL');
    await host.ended;
  });
  await host.ready;
  /** Resolves once the service is as wanted. @throws with what is seen instead, when that does not come. */
  async function until(at: string, isWanted: (found: Running) => boolean): Promise<void> {
    const end = Date.now() + 60_000;
    for (;;) {
      const found = await readApi<Running>(url, `services/${at}`);
      if (found !== undefined && isWanted(found)) return;
      if (Date.now() > end) throw new Error(`${at} does not get there: ${JSON.stringify(found)}`);
      await later(100);
    }
  }
  return {
    url,
    said: () => host.out() + host.err(),
    /** Resolves with the answer's status. */
    async send(webhook: WebhookOptions): Promise<number> {
      const { path, ...request } = signedWebhook(webhook);
      return (await fetch(`${url}${path}`, request)).status;
    },
    /** Another command of headway, in the example's folder. */
    run: (...words: readonly string[]) => runHeadway(words, { cwd, environment }),
    service: (at: string) => readApi<Running>(url, `services/${at}`),
    untilRuns: (at: string, digest: string) =>
      until(at, ({ phase, observed }) => phase === 'running' && observed?.digest === digest),
    untilCommit: (at: string, commit: string) =>
      until(at, ({ phase, observed }) => phase === 'running' && observed?.commit === commit),
    untilPhase: (at: string, wanted: string) => until(at, ({ phase }) => phase === wanted),
    async smartRedeploy(dryRun: boolean): Promise<Report> {
      const answer = await fetch(`${url}/api/v1/smart-redeploy?dryRun=${dryRun}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${(await readFile(join(cwd, '.headway/token'), 'utf8')).trim()}` },
      });
      return (await answer.json()) as Report;
    },
  };
}
