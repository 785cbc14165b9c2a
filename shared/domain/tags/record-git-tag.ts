import { hasEnded } from '../builds/has-ended.ts';
import { instant } from '../claims.ts';
import type { Configuration } from '../configuration/schema.ts';
import { settleDelivery } from '../deliveries/settle-delivery.ts';
import type { Build } from '../documents/build.ts';
import type { Delivery } from '../documents/delivery.ts';
import type { GitTag } from '../documents/git-tag.ts';
import type { Tag } from '../documents/tag.ts';
import { formatKey } from '../names/document-key.ts';
import { addCandidate } from './judge-tag.ts';

export type GitTagPush = {
  readonly repo: string;
  readonly name: string;
  /** The commit that it names; nothing where it was deleted. */
  readonly commit: string | undefined;
  /** The images that follow it and those that they stand on, parents first, in the order of the builds read. */
  readonly images: readonly string[];
  readonly configuration: Pick<Configuration, 'images'>;
  readonly now: number;
};
export type GitTagDocuments = {
  readonly delivery: Delivery;
  readonly gitTag: GitTag | undefined;
  readonly builds: readonly (Build | undefined)[];
  /** The tags that follow it. */
  readonly tags: readonly Tag[];
};
export type RecordedGitTag = {
  readonly delivery: Delivery;
  readonly gitTag?: GitTag;
  readonly builds: readonly Build[];
  readonly tags: readonly Tag[];
};

/**
 * Records what a Git tag names now, puts the images of its commit up for the tags that follow it, and asks for those
 * that no push of a branch has asked for. Of two deliveries the one that was received later holds.
 */
export function recordGitTag(found: GitTagDocuments, push: GitTagPush): RecordedGitTag {
  const { delivery, gitTag: known } = found;
  const { repo, name, commit, now } = push;
  const end = (outcome: string) => settleDelivery(delivery, { status: 'done', outcome }, now);
  if (known !== undefined && known.at > delivery.receivedAt) {
    return { delivery: end(`tag ${name} was told of since`), builds: [], tags: [] };
  }
  const deleted = commit === undefined;
  const gitTag: GitTag = { repo, name, commit: commit ?? known?.commit, deleted, at: delivery.receivedAt };
  const builds = deleted ? [] : missingBuilds(found, push, commit);
  const tags = found.tags.map(tag => told(tag, found.builds, { commit, now }));
  const followed = tags.length === 0 ? 'nothing follows it' : `${tags.map(nameOf).join(', ')} follows it`;
  const asked = builds.length === 0 ? '' : `; ${builds.map(({ image }) => image).join(', ')} asked for`;
  const outcome = deleted ? `tag ${name} was deleted` : `tag ${name}: ${followed}${asked}`;
  return { delivery: end(outcome), gitTag, builds, tags };
}

/** It is judged anew, with what is built of the commit; what is built later is put up when its notice comes. */
function told(
  tag: Tag,
  builds: GitTagDocuments['builds'],
  { commit, now }: { readonly commit: string | undefined; readonly now: number },
): Tag {
  const heard: Tag = { ...tag, heard: (tag.heard ?? 0) + 1 };
  const { status, digest, startedAt } = builds.find(build => build?.image === tag.image) ?? {};
  const asked =
    status === 'succeeded' && digest !== undefined && commit !== undefined
      ? addCandidate(heard, { commit, digest, startedAt }, now)
      : heard;
  return asked.candidates.length === 0 ? asked : { ...asked, due: instant(now), attempts: 0 };
}

/** A newer push of a branch has not taken the place of what a Git tag names. */
function missingBuilds(found: GitTagDocuments, push: GitTagPush, commit: string): Build[] {
  const { images, configuration, repo, name, now } = push;
  const known = new Map(images.map((image, i) => [image, found.builds[i]]));
  return images.flatMap(image => {
    const build = known.get(image);
    const { builder = 'none', parent } = configuration.images[image] ?? {};
    if (builder === 'none' || (build !== undefined && build.status !== 'superseded')) return [];
    const before = parent === undefined ? undefined : known.get(parent);
    const ready =
      parent === undefined || !known.has(parent) || (before?.status !== 'superseded' && isOver(before));
    return {
      image,
      commit,
      repo,
      parent,
      steps: [],
      ...build,
      branch: undefined,
      status: 'waiting',
      reasons: [`Git tag ${name} names the commit`],
      requestedAt: instant(now),
      endedAt: undefined,
      lastError: undefined,
      attempts: 0,
      delivery: formatKey(found.delivery.source, found.delivery.id),
      due: ready ? instant(now) : undefined,
    } satisfies Build;
  });
}

function isOver(build: Build | undefined): boolean {
  return build !== undefined && hasEnded(build);
}

function nameOf({ image, tag }: Tag): string {
  return `${image}:${tag}`;
}
