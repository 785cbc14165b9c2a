import { instant } from '../claims.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { Push } from '../deliveries/parse-push.ts';
import { settleDelivery } from '../deliveries/settle-delivery.ts';
import type { Branch } from '../documents/branch.ts';
import type { Build } from '../documents/build.ts';
import type { Commit, Place } from '../documents/commit.ts';
import type { Delivery } from '../documents/delivery.ts';
import type { Tag } from '../documents/tag.ts';
import { formatKey } from '../names/document-key.ts';
import { type ForgeFacts, judgePush, type PushVerdict } from './judge-push.ts';

export type PushDocuments = {
  readonly delivery: Delivery | undefined;
  readonly branch: Branch | undefined;
  readonly commit: Commit | undefined;
  readonly builds: readonly (Build | undefined)[];
  readonly tags: readonly (Tag | undefined)[];
};
export type PushInput = {
  readonly repo: string;
  readonly push: Push;
  /** The images of the repo, in the order of the builds read. */
  readonly images: readonly string[];
  readonly facts: ForgeFacts | undefined;
  readonly configuration: Configuration;
  readonly now: number;
};
/** The documents that a push changes, and the verdict on it. */
export type Recorded = {
  readonly verdict: PushVerdict['kind'];
  readonly delivery?: Delivery;
  readonly branch?: Branch;
  readonly commit?: Commit;
  readonly builds: readonly Build[];
  readonly tags: readonly Tag[];
};

/** Gives the pushed head its place, asks for its builds once, and wakes the tags that may have waited for it. */
export function recordPush(found: PushDocuments, input: PushInput): Recorded {
  const { push, facts, now } = input;
  const verdict = judgePush(found.branch, push, facts);
  if (verdict.kind === 'unknown') return { verdict: 'unknown', builds: [], tags: [] };
  const builds = verdict.kind === 'abandoned' ? [] : newBuilds(found, input);
  const place = 'place' in verdict ? verdict.place : undefined;
  const branch = place === undefined ? undefined : branchAt(place, input);
  const outcome = { status: 'done', outcome: sentence(verdict.kind, builds.length, input) } as const;
  return {
    verdict: verdict.kind,
    builds,
    commit: commitAt(place, found.commit, input),
    tags: branch === undefined ? [] : found.tags.flatMap(tag => wake(tag, now)),
    ...(branch !== undefined && { branch }),
    ...(found.delivery !== undefined && { delivery: settleDelivery(found.delivery, outcome, now) }),
  };
}

function branchAt({ epoch, place }: Place, { repo, push, now }: PushInput): Branch {
  return { repo, branch: push.name, head: push.after, epoch, place, updatedAt: instant(now) };
}

function commitAt(
  place: Place | undefined,
  known: Commit | undefined,
  { repo, push, now }: PushInput,
): Commit {
  const { author, subject, committedAt } = push.head ?? {};
  return {
    repo,
    sha: push.after,
    author: author ?? known?.author,
    subject: subject ?? known?.subject,
    committedAt: committedAt ?? known?.committedAt,
    pushedAt: known?.pushedAt ?? instant(now),
    places: { ...known?.places, ...(place !== undefined && { [push.name]: place }) },
  };
}

/** The builds that are not on record yet. A child waits for its parent; an image that others build waits for its notice. */
function newBuilds(found: PushDocuments, { repo, push, images, configuration, now }: PushInput): Build[] {
  const succeeded = new Set(
    found.builds.flatMap(build => (build?.status === 'succeeded' ? [build.image] : [])),
  );
  return images.flatMap((image, i) => {
    const settings = configuration.images[image];
    if (found.builds[i] !== undefined || settings === undefined) return [];
    const ready = settings.parent === undefined || succeeded.has(settings.parent);
    return {
      image,
      commit: push.after,
      repo,
      branch: push.name,
      status: 'waiting',
      parent: settings.parent,
      requestedAt: instant(now),
      steps: [],
      delivery:
        found.delivery === undefined ? undefined : formatKey(found.delivery.source, found.delivery.id),
      due: ready && settings.builder !== 'none' ? instant(now) : undefined,
      attempts: 0,
    } satisfies Build;
  });
}

function wake(tag: Tag | undefined, now: number): Tag[] {
  return tag === undefined || tag.candidates.length === 0 ? [] : [{ ...tag, due: instant(now), attempts: 0 }];
}

function sentence(kind: PushVerdict['kind'], builds: number, { push }: PushInput): string {
  const asked = builds === 1 ? '1 build asked for' : `${builds} builds asked for`;
  switch (kind) {
    case 'abandoned':
      return `the history of ${push.name} was rewritten since and no longer holds this commit`;
    case 'late':
      return `${push.name} was ahead already; ${asked}`;
    case 'rewritten':
      return `the history of ${push.name} was rewritten; ${asked}`;
    case 'same':
      return `${push.name} was there already; ${asked}`;
    default:
      return `new head of ${push.name}; ${asked}`;
  }
}
