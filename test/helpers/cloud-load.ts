import { setTimeout as later } from 'node:timers/promises';
import { type HostShop, SECRETS } from './host-process-shop.ts';
import { signedWebhook, type Webhook } from './signed-webhook.ts';

type Choice = {
  readonly count: number;
  /** Gives numbers from 0 to 1. */
  readonly random: () => number;
};

/**
 * What a forge and somebody else's builder tell of every commit: each push again and again under an id of its own,
 * each notice with more or less in it, one in ten of them twice under the same id, in random order.
 */
export function deliveriesOf(place: HostShop, { count, random }: Choice): Webhook[] {
  const once = Array.from({ length: count }, (_, i) => deliveryOf(place, i));
  // Of the first push and the first notice of each commit none is left out.
  const isRepeat = (i: number) => i >= place.commits.length * 2 && i % 10 === 9;
  return once
    .map((webhook, i) => ({ webhook: (isRepeat(i) ? once[i - 5] : undefined) ?? webhook, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ webhook }) => webhook);
}

function deliveryOf({ commits, shop, registry }: HostShop, i: number): Webhook {
  const at = i % commits.length;
  const round = Math.floor(i / commits.length);
  const after = commits[at] ?? '';
  if (round % 3 === 1) {
    const notice = { image_name: `${registry}/shop/jobs`, tag: after, repo: shop.path };
    const body = JSON.stringify(round === 1 ? notice : { ...notice, branch: 'main', round });
    return signedWebhook({ kind: 'notices', source: 'builds', secret: SECRETS.builds, body });
  }
  const before = commits[at - 1] ?? '0'.repeat(40);
  const push = { ref: 'refs/heads/main', before, after, repository: { clone_url: shop.path } };
  const body = JSON.stringify(push);
  return signedWebhook({ kind: 'github', secret: SECRETS.github, body, delivery: `push-${at}-${round}` });
}

type Sending = { readonly deliveries: readonly Webhook[]; readonly connections: number };
export type Sent = {
  /** `source/id` of each delivery that was answered 2xx. */
  readonly acknowledged: ReadonlySet<string>;
  /** How many requests it took. */
  readonly requests: number;
};

/** Sends each until it is acknowledged: what finds nobody, or is refused for now, goes to the end of the queue. */
export async function deliverAll(url: string, { deliveries, connections }: Sending): Promise<Sent> {
  const queue = [...deliveries];
  const acknowledged = new Set<string>();
  let requests = 0;
  const connection = async () => {
    for (let webhook = queue.shift(); webhook !== undefined; webhook = queue.shift()) {
      requests += 1;
      const id = await send(url, webhook);
      if (id !== undefined) acknowledged.add(`${webhook.path.slice('/hooks/'.length)}/${id}`);
      else {
        queue.push(webhook);
        await later(100);
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return { acknowledged, requests };
}

/** The delivery's id once it was acknowledged; nothing when nobody answered or it was not stored. */
async function send(url: string, { method, path, headers, body }: Webhook): Promise<string | undefined> {
  const signal = AbortSignal.timeout(15_000);
  const answer = await fetch(`${url}${path}`, { method, headers, body, signal }).catch(() => undefined);
  if (answer === undefined || answer.status >= 500) return undefined;
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { readonly id: string }).id;
}
