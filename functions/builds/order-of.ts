import { imageLabels } from '../../shared/domain/builds/image-labels.ts';
import { repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration, ImageConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import { stableTag } from '../../shared/domain/promotions/plan-promotion.ts';
import type { BuildOrder } from '../../shared/ports/builder.ts';
import type { Checkout } from '../../shared/ports/forge.ts';
import { builds } from '../../shared/records/collections.ts';
import { type Records, refTo } from '../../shared/records/records.ts';
import type { Origin } from './files-of.ts';
import { placeOf, publishedTag } from './published-name.ts';

type Ordering = {
  readonly build: Build;
  readonly settings: ImageConfiguration;
  readonly origin: Origin;
};
type OrderOf = {
  readonly records: Records;
  readonly configuration: Configuration;
  /** The value behind a secret reference. */
  readonly secret: (reference: string) => string;
};

/** What a builder is told: the files, the parent's exact image, and what may be reused. */
export async function orderOf(
  checkout: Checkout,
  its: OrderOf,
  { build, settings, origin }: Ordering,
): Promise<Omit<BuildOrder, 'image' | 'platform'>> {
  const { configuration, secret } = its;
  const secrets = Object.entries(settings.secrets).map(([name, reference]) => [name, secret(reference)]);
  return {
    context: await checkout.folder(settings.context),
    dockerfile: settings.dockerfile,
    args: { ...settings.args, ...(await parentArguments(its, build, settings)) },
    labels: imageLabels({
      commit: origin.commit,
      url: configuration.repos[origin.repo]?.url ?? '',
      committedAt: origin.epoch,
      parentDigest: build.parentDigest,
      parentDigests: build.parentDigests,
    }),
    epoch: origin.epoch ?? 0,
    ...(secrets.length > 0 && { secrets: Object.fromEntries(secrets) }),
    ...cacheOf(build, settings),
    limits: settings.limits,
    ...requestOf(build),
  };
}

/** The same for each of the tries that nobody asked for. */
function requestOf({ steps }: Build): Pick<BuildOrder, 'request'> {
  const asked = steps.findLast(({ name }) => name === 'retried');
  return asked === undefined ? {} : { request: asked.at };
}

/** The image of the commit before, what the branch's tag names, and the stable one, for a builder without layers of its own. */
function cacheOf(build: Build, settings: ImageConfiguration): Pick<BuildOrder, 'cacheFrom'> {
  if (settings.cache === 'none') return { cacheFrom: [] };
  if (settings.cache === 'builder') return {};
  const { since, branchTag } = build;
  const stable = branchTag === undefined ? undefined : stableTag(branchTag);
  const tags = [since, branchTag, stable].filter(tag => tag !== undefined);
  const repository = placeOf(settings);
  return tags.length === 0 ? {} : { cacheFrom: tags.map(tag => ({ ...repository, tag })) };
}

/** The parent's exact image, so that a child stands on the parent of its own commit and on no other. */
async function parentArguments(
  { records, configuration }: OrderOf,
  { parent, parentDigest, commit }: Build,
  { parentArg, parentTagArg }: ImageConfiguration,
): Promise<Record<string, string>> {
  if (parent === undefined || parentDigest === undefined) return {};
  if (parentTagArg !== undefined) {
    const found = await records.get(refTo(builds, parent, commit));
    return { [parentTagArg]: found === undefined ? commit : publishedTag(found) };
  }
  const reference = { ...repositoryOf(configuration, parent), digest: parentDigest };
  return { [parentArg]: formatImageReference(reference) };
}
