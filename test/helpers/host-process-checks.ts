import { setTimeout as later } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { checkRegistry } from './check-registry.ts';
import type { HostShop } from './host-process-shop.ts';

type Move = {
  readonly sequence: number;
  readonly verdict: string;
  readonly from?: { readonly commit?: string };
  readonly to: { readonly commit?: string; readonly digest?: string };
};
type Delivery = { readonly status: string; readonly outcome?: string; readonly lastError?: string };
type Build = {
  readonly image: string;
  readonly commit: string;
  readonly status: string;
  readonly digest?: string;
};
type Tag = {
  readonly image: string;
  readonly observed?: { readonly commit?: string; readonly digest: string };
};
type Service = {
  readonly service: string;
  readonly phase: string;
  readonly observed?: { readonly digest: string };
};

const FOLLOWING = ['web', 'api', 'jobs'];

/** Reads a document, or a list of them page by page, through the API. */
export async function readApi<T>(url: string, path: string): Promise<T | undefined> {
  const answer = await fetch(`${url}/api/v1/${path}`);
  const body = (await answer.json()) as T;
  return answer.status === 404 ? undefined : body;
}

export async function readAll<T>(url: string, path: string): Promise<T[]> {
  const items: T[] = [];
  let after = '';
  for (;;) {
    const page = await readApi<{ items: T[]; next?: string }>(url, `${path}limit=200${after}`);
    items.push(...(page?.items ?? []));
    if (page?.next === undefined) return items;
    after = `&after=${page.next}`;
  }
}

/** Every one of these is there, and was carried through. */
export async function checkDeliveries(t: ExecutionContext, url: string, deliveries: Iterable<string>) {
  const stuck: string[] = [];
  for (const name of deliveries) {
    const found = await readApi<Delivery>(url, `deliveries/${name}`);
    if (found === undefined) stuck.push(`${name} is lost`);
    else if (!['done', 'ignored'].includes(found.status) || found.outcome === undefined)
      stuck.push(`${name} is ${found.status}: ${found.outcome ?? found.lastError ?? ''}`);
  }
  t.deepEqual(stuck, []);
}

/** Tags, registry, services and manifests all stand on the newest commit, and never took a step back on their way. */
export async function checkEnd(t: ExecutionContext, place: HostShop): Promise<void> {
  const { url, registry, commits, manifests } = place;
  const newest = commits.at(-1) ?? '';
  const builds = await readAll<Build>(url, 'builds?');
  t.is(builds.length, commits.length * 4);
  t.deepEqual(
    builds.filter(({ status }) => status !== 'succeeded'),
    [],
  );
  const digestOf = (image: string, commit: string) =>
    builds.find(build => build.image === image && build.commit === commit)?.digest;

  const client = createRegistryClient({ credentials: async () => undefined });
  const served = await checkRegistry(t, { client, host: registry });
  const tags = await readAll<Tag>(url, 'tags?');
  const services = await readAll<Service>(url, 'services?');
  for (const { image, commit, digest } of builds) t.is(served[`shop/${image}:${commit}`], digest);
  for (const image of FOLLOWING) {
    const digest = digestOf(image, newest);
    t.is(served[`shop/${image}:prod`], digest, `${image}:prod in the registry`);
    t.like(tags.find(tag => tag.image === image)?.observed, { commit: newest, digest });
    t.like(
      services.find(({ service }) => service === image),
      { phase: 'running', observed: { digest } },
    );
    checkLedger(t, { moves: await readAll<Move>(url, `moves?image=${image}&tag=prod&`), commits });
    const versions = await writtenVersions(place, image);
    const places = versions.map(digest => commits.findIndex(commit => digestOf(image, commit) === digest));
    t.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
      `${image} in the manifests`,
    );
    t.is(versions.at(-1), digest);
    t.is(
      await manifests.git('show', `main:${image}.yaml`),
      `# what runs\nimage: ${registry}/shop/${image}@${digest} # kept\n`,
    );
  }
  await manifests.git('fsck', '--strict');
}

/** No gap, no step back, and each move begins where the one before ended. */
function checkLedger(t: ExecutionContext, { moves, commits }: { moves: Move[]; commits: readonly string[] }) {
  const entries = moves.toSorted((a, b) => a.sequence - b.sequence);
  t.deepEqual(
    entries.map(({ sequence }) => sequence),
    entries.map((_, i) => i + 1),
  );
  const moved = entries.filter(({ verdict }) => verdict === 'moved');
  moved.forEach(({ from, to }, i) => {
    t.is(from?.commit, moved[i - 1]?.to.commit);
    const [before, after] = [from?.commit, to.commit].map(commit => commits.indexOf(commit ?? ''));
    t.true((after ?? -1) > (before ?? -1), `from ${before} to ${after}`);
  });
}

/** The digests that the manifests named, one after the other. */
async function writtenVersions({ manifests }: HostShop, image: string): Promise<string[]> {
  const history = await manifests.git('rev-list', '--reverse', 'main', '--', `${image}.yaml`);
  const texts = await Promise.all(
    history
      .trim()
      .split('\n')
      .map(sha => manifests.git('show', `${sha}:${image}.yaml`)),
  );
  return texts.flatMap(text => /@(sha256:\w+)/.exec(text)?.[1] ?? []);
}

/** How many documents of each kind want somebody to look at them. */
async function waitingAt(url: string): Promise<Readonly<Record<string, number>>> {
  const status = await readApi<{ readonly waiting: Readonly<Record<string, number>> }>(url, 'status');
  return status?.waiting ?? {};
}

export async function isAtWork(url: string): Promise<boolean> {
  return Object.values(await waitingAt(url)).some(count => count > 0);
}

/** Resolves when nothing waits any more. @throws when that takes too long, with what still waits. */
export async function untilSettled(url: string, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  while (await isAtWork(url)) {
    if (Date.now() > end) throw new Error(`still waiting: ${JSON.stringify(await waitingAt(url))}`);
    await later(200);
  }
}
