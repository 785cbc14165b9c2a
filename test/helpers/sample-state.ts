import { createHash } from 'node:crypto';
import { instant } from '../../shared/domain/claims.ts';
import { type Configuration, ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Deploy, Service, Version } from '../../shared/domain/documents/service.ts';
import type { Documents } from '../../shared/ports/documents.ts';
import * as collections from '../../shared/records/collections.ts';
import { createRecords, type Put, put } from '../../shared/records/records.ts';
import { samplePromotions } from './sample-promotions.ts';

const MINUTE = 60_000;
const REPO = 'shop';

/** A shop of three images: `web` and `api` stand on `base`; both services run in two places. */
export const sampleConfiguration: Configuration = ConfigurationShape.parse({
  repos: { [REPO]: { url: 'https://git.example/acme/shop.git' } },
  images: {
    web: { repository: '127.0.0.1:8080/shop/web', repo: REPO, context: 'web', parent: 'base' },
    base: { repository: '127.0.0.1:8080/shop/base', repo: REPO, context: 'base' },
    api: { repository: '127.0.0.1:8080/shop/api', repo: REPO, context: 'api', parent: 'base' },
  },
  tags: { prod: { images: ['web', 'api'] } },
  gates: { gpu: { kind: 'command', run: ['pytest'] } },
  targets: { local: { kind: 'docker' }, manifests: { kind: 'git', url: '/srv/manifests.git' } },
  services: {
    web: { target: 'local', image: 'web', tag: 'prod' },
    api: { target: 'local', image: 'api', tag: 'prod' },
    storefront: { target: 'manifests', image: 'web', tag: 'prod' },
    backend: { target: 'manifests', image: 'api', tag: 'prod' },
  },
  hooks: {
    github: { kind: 'github', secret: 'env://GITHUB_SECRET', repo: REPO },
    builder: { kind: 'notices', secret: 'env://BUILDER_SECRET' },
  },
});

const SUBJECTS = [
  ['Ada Lovelace', 'Open the shop'],
  ['Grace Hopper', 'Show prices with their currency'],
  ['Ada Lovelace', 'Cache the product list for a minute'],
  ['Linus Torvalds', 'Check out without an account'],
  ['Margaret Hamilton', 'Mend the check-out: an empty basket has no total, and the button says so'],
  ['Grace Hopper', 'Translate the storefront into Portuguese'],
] as const;

/** The commits, the oldest first. */
export const sampleCommits: readonly string[] = SUBJECTS.map(([, subject]) => hash(subject).slice(0, 40));

export function sampleDigest(image: string, commit: number): string {
  return `sha256:${hash(`${image}@${commit}`)}`;
}

/**
 * Fills documents with six pushes: notices out of order and doubled (so moves were refused), one failed build,
 * the newest commit still building, one service held by a person and one still on its way.
 */
export async function fillSampleState(
  documents: Documents,
  { now }: { readonly now: number },
): Promise<void> {
  const writes = [
    ...pushes(now),
    ...builds(now),
    ...tagsAndMoves(now),
    ...services(now),
    ...poison(now),
    ...samplePromotions(now, sampleDigest),
  ];
  await createRecords(documents).transact([], () => ({ result: undefined, writes }));
}

/** When commit `index` was pushed: the newest a minute ago. */
function pushedAt(now: number, index: number): number {
  return now - MINUTE - (SUBJECTS.length - 1 - index) * 17 * MINUTE;
}

function pushes(now: number): Put[] {
  const of = (index: number) => sampleCommits[index] ?? '';
  const commits = SUBJECTS.flatMap(([author, subject], index) => {
    const at = pushedAt(now, index);
    const places = { main: { epoch: 1, place: index + 1 } };
    const body = JSON.stringify({ ref: 'refs/heads/main', before: of(index - 1), after: of(index) });
    const times = { committedAt: instant(at - 40_000), pushedAt: instant(at) };
    return [
      put(collections.commits, { repo: REPO, sha: of(index), author, subject, ...times, places }),
      delivery({
        id: deliveryId(index),
        at,
        body,
        outcome: '3 builds asked for',
        repeats: index === 2 ? 1 : 0,
      }),
    ];
  });
  const ping = { id: hash('ping').slice(0, 8), event: 'ping', body: '{"zen":"Keep it simple."}' };
  const update = { repo: REPO, branch: 'main', head: of(5), epoch: 1, place: 6 };
  return [
    ...commits,
    put(collections.branches, { ...update, updatedAt: instant(pushedAt(now, 5)) }),
    delivery({
      ...ping,
      at: pushedAt(now, 0) - MINUTE,
      outcome: 'a ping changes nothing',
      status: 'ignored',
    }),
    delivery({
      ...{ source: 'builder', kind: 'notices', event: 'notice', id: hash('bad notice').slice(0, 12) },
      ...{ at: pushedAt(now, 3) + 4 * MINUTE, body: '{"image_name":"shop/api"}', status: 'failed' },
      outcome: 'Cannot read build notice: "tag" is missing, send the full commit',
    }),
    delivery({
      ...{ source: 'builder', kind: 'notices', event: 'notice', id: hash('notice').slice(0, 12) },
      ...{ at: now - 2_000, body: `{"image_name":"shop/base","tag":"${of(5)}"}`, status: 'waiting' },
    }),
  ];
}

type Came = Partial<Parameters<typeof collections.deliveries.parts>[0]> & {
  readonly id: string;
  readonly at: number;
};

function delivery({ at, ...given }: Came): Put {
  return put(collections.deliveries, {
    ...{
      source: 'github',
      kind: 'github',
      event: 'push',
      repeats: 0,
      body: '{}',
      status: 'done',
      attempts: 0,
    },
    ...(given.kind === 'notices' ? { topic: 'notices' } : { topic: 'pushes' }),
    ...(given.status === 'waiting' ? { due: instant(at) } : { settledAt: instant(at + 420) }),
    receivedAt: instant(at),
    expireAt: instant(at + 30 * 24 * 60 * MINUTE),
    ...given,
  });
}

function deliveryId(index: number): string {
  const text = hash(`delivery ${index}`);
  return [
    text.slice(0, 8),
    text.slice(8, 12),
    text.slice(12, 16),
    text.slice(16, 20),
    text.slice(20, 32),
  ].join('-');
}

function builds(now: number): Put[] {
  return sampleCommits.flatMap((_, commit) =>
    ['base', 'web', 'api'].map((image, i) => put(collections.builds, build(now, { image, commit, i }))),
  );
}

function build(now: number, { image, commit, i }: { image: string; commit: number; i: number }): Build {
  const at = pushedAt(now, commit);
  const startedAt = at + 900 + i * 9_000;
  const base: Build = {
    ...{ image, commit: sampleCommits[commit] ?? '', repo: REPO, branch: 'main', status: 'succeeded' },
    ...{ steps: [], attempts: 0, requestedAt: instant(at + 400), builder: 'docker' },
    delivery: `github!${deliveryId(commit)}`,
    ...(image !== 'base' && { parent: 'base', parentDigest: sampleDigest('base', commit) }),
    buildId: hash(`build ${image} ${commit}`).slice(0, 8),
  };
  if (commit === 5 && image === 'api') return { ...base, status: 'waiting', due: instant(now) };
  if (commit === 5 && image === 'web') {
    const claim = { by: 'host-1', until: instant(now + 10 * MINUTE) };
    return { ...base, status: 'building', startedAt: instant(now - 21_000), claim, due: claim.until };
  }
  const ended = { startedAt: instant(startedAt), endedAt: instant(startedAt + 8_200 + i * 1_700) };
  // The notice of the second commit was late, so that the third had moved the tag by then.
  const noticedAt = instant(startedAt + (commit === 1 ? 18 * MINUTE : 10_500 + i * 1_700));
  if (commit === 3 && image === 'api') {
    const lastError = 'npm test failed: 2 tests failed, 118 passed (step 7 of 9)';
    return { ...base, status: 'failed', ...ended, noticedAt, lastError, log: `> npm test\n\n${lastError}\n` };
  }
  return { ...base, ...ended, noticedAt, digest: sampleDigest(image, commit) };
}

function tagsAndMoves(now: number): Put[] {
  return [...ledger(now, 'web', [0, 2, 3, 4]), ...ledger(now, 'api', [0, 2, 4])];
}

/** The tag went to these commits in turn; the notice of the second commit came behind the third's, twice. */
function ledger(now: number, image: string, path: readonly number[]): Put[] {
  const end = (commit: number) => ({ commit: sampleCommits[commit], digest: sampleDigest(image, commit) });
  const moved = path.map((commit, i) => {
    const last = path[i - 1];
    const reason = last === undefined ? 'the first image of the branch' : newerBy(commit - last);
    const from = last === undefined ? undefined : end(last);
    return { at: pushedAt(now, commit) + 36_000, verdict: 'moved', from, to: end(commit), reason } as const;
  });
  const late = { verdict: 'refused', from: end(2), to: end(1), reason: 'prod is 1 commit ahead' } as const;
  const entries = [
    ...moved,
    { ...late, at: pushedAt(now, 2) + 78_000 },
    { ...late, at: pushedAt(now, 4) + 55_000, from: end(4), reason: 'prod is 3 commits ahead' },
  ].toSorted((a, b) => a.at - b.at);
  const last = path.at(-1) ?? 0;
  const standing = { ...end(last), at: instant(pushedAt(now, last) + 36_000) };
  const follows = { repo: REPO, branch: 'main' };
  return [
    ...entries.map((entry, i) =>
      put(collections.moves, { image, tag: 'prod', ...entry, sequence: i + 1, at: instant(entry.at) }),
    ),
    put(collections.tags, {
      ...{ image, tag: 'prod', follows, candidates: [], attempted: [], attempts: 0 },
      ...{ wanted: standing, observed: standing, sequence: entries.length },
    }),
  ];
}

function newerBy(commits: number): string {
  return `newer by ${commits === 1 ? '1 commit' : `${commits} commits`}`;
}

function services(now: number): Put[] {
  const version = (image: string, commit: number): Version => ({
    ...{ digest: sampleDigest(image, commit), commit: sampleCommits[commit] },
    at: instant(pushedAt(now, commit) + 46_000),
  });
  const running = (target: string, service: string, path: readonly number[]) => {
    const image = service === 'web' || service === 'storefront' ? 'web' : 'api';
    const versions = path.map(commit => version(image, commit));
    const [previous, last] = versions.slice(-2);
    const known = { target, service, image, tag: 'prod', sequence: path.length, attempts: 0 };
    const current: Service = { ...known, phase: 'running', wanted: last, observed: last, previous };
    const tries = versions.map((to, i): Deploy => deploy(current, { to, sequence: i + 1 }));
    return { current, tries };
  };
  const web = running('local', 'web', [0, 2, 3, 4]);
  const storefront = running('manifests', 'storefront', [0, 2, 3, 4]);
  const api = running('local', 'api', [0, 2, 4]);
  const backend = running('manifests', 'backend', [0, 2]);
  const onItsWay: Service = {
    ...{ ...api.current, phase: 'accepted', observed: api.current.previous },
    ...{ message: 'starting: health check 2 of 5', due: instant(now + 1_500) },
  };
  const hold = {
    by: 'ada',
    why: 'year-end closing, no changes until it is over',
    since: instant(now - 40 * MINUTE),
  };
  const held: Service = {
    ...{ ...backend.current, phase: 'held', wanted: version('api', 4) },
    hold: { ...hold, until: instant(now + 6 * 60 * MINUTE) },
  };
  const open = api.tries.map((one, i) =>
    i === 2 ? { ...one, phase: 'accepted' as const, runningAt: undefined, endedAt: undefined } : one,
  );
  return [
    ...[web.current, storefront.current, onItsWay, held].map(one => put(collections.services, one)),
    ...[...web.tries, ...storefront.tries, ...open, ...backend.tries].map(one =>
      put(collections.deploys, one),
    ),
  ];
}

function deploy({ target, service }: Service, { to, sequence }: { to: Version; sequence: number }): Deploy {
  const ran = Date.parse(to.at);
  return {
    ...{ target, service, sequence, digest: to.digest, commit: to.commit, phase: 'running' },
    ...{ dispatchedAt: instant(ran - 7_000), acceptedAt: instant(ran - 5_500) },
    ...{ runningAt: to.at, endedAt: to.at },
  };
}

function poison(now: number): Put[] {
  const reason = 'Cannot read hint: it names no document';
  return [
    put(collections.poison, { id: 'p1', topic: 'notices', message: '{}', reason, at: instant(now - MINUTE) }),
  ];
}

/** One that was moved, so that it can be undone. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
