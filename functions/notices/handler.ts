import { buildSettings } from '../../shared/domain/builds/build-settings.ts';
import { imagesAt } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import { parseArtifactRegistry } from '../../shared/domain/deliveries/parse-artifact-registry.ts';
import { parseCloudBuild } from '../../shared/domain/deliveries/parse-cloud-build.ts';
import { parseNotice } from '../../shared/domain/deliveries/parse-notice.ts';
import { sameRepoUrl } from '../../shared/domain/deliveries/repo-url.ts';
import { settleDelivery } from '../../shared/domain/deliveries/settle-delivery.ts';
import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import { isCommitSha } from '../../shared/domain/names/commit-sha.ts';
import { parseImageReference, sameRepository } from '../../shared/domain/names/image-reference.ts';
import { parseRegistryPushes } from '../../shared/domain/registry-pushes/parse-registry-pushes.ts';
import type { RegistryPush } from '../../shared/domain/registry-pushes/registry-push.ts';
import type { Listener } from '../../shared/ports/hints.ts';
import { builds, deliveries } from '../../shared/records/collections.ts';
import { put, refByKey, refTo } from '../../shared/records/records.ts';
import type { ImageFact } from './image-fact.ts';
import { lookAtTag } from './look-at-tag.ts';
import { type SettleImage, settleImage } from './settle-image.ts';

/** Skia's try jobs are tagged with their issue and patch set; they never move a tag. */
const TRY_JOB = /^\d+_\d+$/;

/** Settles build notices and registry pushes against the records of their images. */
export function createNotices(its: SettleImage): Listener {
  const { records, clock, log } = its;

  return async function notices(hint) {
    const ref = refByKey(deliveries, hint.key);
    for (;;) {
      const delivery = await records.get(ref);
      if (delivery === undefined || delivery.status !== 'waiting') return;
      const outcomes: string[] = [];
      for (const fact of factsOf(its, delivery)) outcomes.push(...(await settleFact(its, delivery, fact)));
      const known = outcomes.length > 0;
      const outcome = known ? [...new Set(outcomes)].join('; ') : 'not one of our images';
      const isSettled = await records.transact({ found: ref }, ({ found }) => {
        if (found === undefined) return { result: true, writes: [] };
        // It came again since: the image may have been pushed again after we looked.
        if (found.repeats !== delivery.repeats) return { result: false, writes: [] };
        const settled = settleDelivery(found, { status: known ? 'done' : 'ignored', outcome }, clock.now());
        return { result: true, writes: [put(deliveries, settled)] };
      });
      log.info('Notice settled', { delivery: hint.key, outcome });
      if (isSettled) return;
    }
  };
}

function factsOf({ configuration }: SettleImage, { source, kind, body }: Delivery): readonly ImageFact[] {
  switch (kind) {
    case 'notices':
      return [parseNotice(body)];
    case 'cloud-build':
      return parseCloudBuild(body);
    case 'artifact-registry':
      return pushedFacts(parseArtifactRegistry(body));
    default:
      return pushedFacts(parseRegistryPushes({ kind, body, hook: configuration.hooks[source] }));
  }
}

function pushedFacts(pushes: readonly RegistryPush[]): ImageFact[] {
  return pushes.map(push => ({ ...push, status: 'succeeded' }));
}

async function settleFact(its: SettleImage, delivery: Delivery, fact: ImageFact): Promise<string[]> {
  const { configuration } = its;
  const build = await ownBuild(its, fact);
  if (build !== undefined) {
    const { image, commit, repo } = build;
    const settled = await settleImage(its, { image, repo, fact, build, delivery: keyOf(delivery) });
    return [`${image}:${commit.slice(0, 12)} ${settled}`];
  }
  const outcomes: string[] = [];
  for (const name of imagesAt(configuration, fact.image)) {
    outcomes.push(
      `${name}:${fact.image.tag.slice(0, 12)} ${await settleForImage(its, { name, delivery, fact })}`,
    );
  }
  return outcomes;
}

/**
 * The record that our own builder's notice is of, where the notice alone does not tell all: an image that only its
 * commit declares, that has a tag of its branch, or that is of a pull request.
 */
async function ownBuild({ records, configuration }: SettleImage, { own, image }: ImageFact) {
  if (own === undefined) return undefined;
  const repo = configuration.repos[configuration.images[own.image]?.repo ?? ''];
  const isPlain = repo !== undefined && repo.stack === undefined && repo.branchTags === undefined;
  if (isPlain && image.tag === own.commit) return undefined;
  const build = await records.get(refTo(builds, own.image, own.commit));
  const repository = build && parseImageReference(buildSettings(configuration, build)?.repository ?? '');
  return repository !== undefined && sameRepository(repository, image) ? build : undefined;
}

function keyOf({ source, id }: Delivery): string {
  return refTo(deliveries, source, id).key;
}

type Named = { readonly name: string; readonly delivery: Delivery; readonly fact: ImageFact };

async function settleForImage(its: SettleImage, { name, delivery, fact }: Named): Promise<string> {
  const { configuration } = its;
  const { tag } = fact.image;
  if (configuration.tags[tag]?.images.includes(name)) return lookAtTag(its, name, tag);
  const repo = configuration.images[name]?.repo;
  if (TRY_JOB.test(tag)) return 'is a try job, which moves nothing';
  if (repo === undefined || !isCommitSha(tag)) return 'is neither a commit nor a tag that is followed';
  if (isForeign(configuration, repo, fact)) return `is of another repo than ${repo}`;
  return settleImage(its, {
    image: name,
    repo,
    fact,
    delivery: keyOf(delivery),
  });
}

function isForeign({ repos }: Configuration, repo: string, { repo: url }: ImageFact): boolean {
  return url !== undefined && url !== '' && !sameRepoUrl(url, repos[repo]?.url ?? '');
}
