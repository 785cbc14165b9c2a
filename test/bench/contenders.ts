import { DatabaseSync } from 'node:sqlite';
import { setTimeout as later } from 'node:timers/promises';
import { parseKey } from '../../shared/domain/names/document-key.ts';
import { startHeadway } from './start-headway.ts';
import { freeUrl, type Server } from './start-server.ts';
import { startWebhook } from './webhook-server.ts';

/** A server that takes pushes at `/hooks/github` and stores them. */
export type Contender = Pick<Server, 'url' | 'memory' | 'stop'> & {
  readonly name: string;
  /** Resolves when everything that was stored is also dealt with; absent where storing is all. */
  readonly settled?: () => Promise<void>;
  /** The ids of the deliveries that are in its store, read past the server. */
  stored(): ReadonlySet<string>;
};

const SETTLE_MS = 30_000;

/** headway on one machine, which knows the repository and follows another branch: each push is stored, then settled. */
export async function headwayContender(folder: string, secret: string): Promise<Contender> {
  const server = await startHeadway({
    folder,
    url: await freeUrl(),
    configuration: {
      repos: { shop: { url: 'https://github.com/acme/shop.git', branch: 'main' } },
      hooks: { github: { kind: 'github', secret: 'env://BENCH_SECRET' } },
    },
    secrets: { BENCH_SECRET: secret },
  });
  const db = new DatabaseSync(server.database, { readOnly: true });
  // In the words of the index over what is due, so that looking costs the server nothing.
  const waiting = db.prepare(`
    SELECT 1 FROM documents WHERE collection = 'deliveries' AND fields IS NOT NULL AND fields ->> 'due' IS NOT NULL
    LIMIT 1`);
  const keys = db.prepare(`SELECT key FROM documents WHERE collection = 'deliveries'`);
  return {
    ...server,
    name: 'headway',
    async settled() {
      const deadline = performance.now() + SETTLE_MS;
      while (waiting.get() !== undefined && performance.now() < deadline) await later(20);
    },
    stored: () => new Set(keys.all().map(({ key }) => parseKey(String(key))[1] ?? '')),
    async stop() {
      db.close();
      await server.stop();
    },
  };
}

/** @returns nothing where Debian's `webhook` is not installed. */
export async function webhookContender(folder: string, secret: string): Promise<Contender | undefined> {
  const server = await startWebhook(folder, secret);
  if (server === undefined) return undefined;
  return { ...server, name: `webhook ${server.version}` };
}
