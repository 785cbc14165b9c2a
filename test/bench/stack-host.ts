import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { Promoted } from '../../functions/api/answers.ts';
import { Promotion } from '../../shared/domain/documents/promotion.ts';
import { isOver } from '../../shared/domain/promotions/judge-steps.ts';
import { type Counter, countRequests } from './count-requests.ts';
import { startHeadway } from './start-headway.ts';
import { freeUrl } from './start-server.ts';

export type StackHost = {
  /** Where the stack is, without counting. */
  readonly registry: string;
  /** Milliseconds from the asking until the end is known, and how many requests the registry had from it. */
  promote(from: string, to: string): Promise<{ readonly took: number; readonly requests: number }>;
  stop(): Promise<void>;
};

/** A headway that serves a stack of images, in its own registry or in another. */
export async function startStackHost(its: {
  readonly folder: string;
  readonly repositories: readonly string[];
  readonly registry?: string | undefined;
}): Promise<StackHost> {
  const url = await freeUrl();
  const registry = its.registry ?? url.host;
  const counter = await countRequests(registry);
  const server = await startHeadway({
    folder: its.folder,
    url,
    configuration: {
      images: Object.fromEntries(
        its.repositories.map((repository, i) => [
          `image-${i}`,
          { repository: `${counter.host}/${repository}`, builder: 'none' },
        ]),
      ),
    },
  });
  const token = readFileSync(join(dirname(server.database), 'token'), 'utf8').trim();
  return {
    registry,
    promote: (from, to) => promote({ url, token, counter }, { from, to, by: 'the bench' }),
    async stop() {
      await server.stop();
      counter.close();
    },
  };
}

type Asked = { readonly url: URL; readonly token: string; readonly counter: Counter };

async function promote({ url, token, counter }: Asked, wish: object) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const promotions = new URL('/api/v1/promotions', url);
  counter.taken();
  const start = performance.now();
  const asked = await fetch(promotions, { method: 'POST', headers, body: JSON.stringify(wish) });
  const { number } = Promoted.parse(await asked.json()).promotion;
  for (;;) {
    const found = Promotion.parse(await (await fetch(`${promotions}/${number}`)).json());
    if (isOver(found)) {
      const took = performance.now() - start;
      if (found.phase !== 'moved') throw new Error(`It is ${found.phase}: ${found.reason ?? ''}`);
      return { took, requests: counter.taken() };
    }
    await later(2);
  }
}
