import type { HostShop } from './host-process-shop.ts';
import { SECRETS } from './host-process-shop.ts';
import { signedWebhook, type Webhook } from './signed-webhook.ts';

/** One webhook that its sender sends until it is acknowledged; some are sent again afterwards. */
export type Fact = { readonly name: string; readonly webhook: Webhook };
export type Acknowledged = {
  /** `source/id` of each delivery that was answered 2xx. */
  readonly deliveries: Set<string>;
  /** Names of the facts. */
  readonly facts: Set<string>;
};

/** What a forge and two builders have to tell of each commit: pushes, some under two ids, notices and a ping. */
export function factsOf({ commits, shop, registry }: HostShop): Fact[] {
  return commits.flatMap((sha, i) => {
    const before = commits[i - 1] ?? '0'.repeat(40);
    const payload = { ref: 'refs/heads/main', before, after: sha, repository: { clone_url: shop.path } };
    const notice = { image_name: `${registry}/shop/jobs`, tag: sha, repo: shop.path };
    const push = { kind: 'github', secret: SECRETS.github, body: JSON.stringify(payload) } as const;
    const built = { kind: 'notices', source: 'builds', secret: SECRETS.builds } as const;
    return [
      { name: `push ${i}`, webhook: signedWebhook({ ...push, delivery: `push-${i}` }) },
      { name: `push ${i} again`, webhook: signedWebhook({ ...push, delivery: `push-${i}-again` }) },
      { name: `notice ${i}`, webhook: signedWebhook({ ...built, body: JSON.stringify(notice) }) },
      {
        name: `notice ${i} of its branch`,
        webhook: signedWebhook({ ...built, body: JSON.stringify({ ...notice, branch: 'main' }) }),
      },
      {
        name: `ping ${i}`,
        webhook: signedWebhook({
          ...push,
          event: 'ping',
          delivery: `ping-${i}`,
          body: '{"zen":"Keep it simple"}',
        }),
      },
    ];
  });
}

export type Load = {
  readonly url: string;
  readonly facts: readonly Fact[];
  readonly acknowledged: Acknowledged;
  /** How many are on their way at the same time. */
  readonly connections: number;
  /** Told of each acknowledgement, at once. */
  readonly onAnswer?: (answered: number) => void;
};

/** Sends each fact once, until one finds nobody. Resolves with how many were acknowledged. */
export async function sendLoad({ url, facts, acknowledged, connections, onAnswer }: Load): Promise<number> {
  const queue = [...facts];
  let answered = 0;
  const connection = async () => {
    for (let fact = queue.shift(); fact !== undefined; fact = queue.shift()) {
      const id = await send(url, fact.webhook).catch(() => undefined);
      if (id === undefined) return;
      acknowledged.deliveries.add(`${fact.webhook.path.slice('/hooks/'.length)}/${id}`);
      acknowledged.facts.add(fact.name);
      answered += 1;
      onAnswer?.(answered);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return answered;
}

/** The delivery's id, once it was acknowledged. @throws for any other answer, or none. */
async function send(url: string, { method, path, headers, body }: Webhook): Promise<string> {
  const signal = AbortSignal.timeout(10_000);
  const answer = await fetch(`${url}${path}`, { method, headers, body, signal });
  const { id } = (await answer.json()) as { readonly id?: string };
  if (!answer.ok || id === undefined) throw new Error(`${path} was answered ${answer.status}`);
  return id;
}
