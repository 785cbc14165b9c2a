import type { WikiConfiguration } from '../../shared/domain/configuration/wiki.ts';
import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { isCommitSha } from '../../shared/domain/names/commit-sha.ts';
import { type ImageReference, parseImageReference } from '../../shared/domain/names/image-reference.ts';
import { buildFolder, pageName, pagesFolder } from '../../shared/domain/results/result-names.ts';
import { type Standing, tagStanding } from '../../shared/domain/wiki/tag-standing.ts';
import type { Showing, ShownImage } from '../../shared/domain/wiki/wiki-pages.ts';
import { buildOfDigest } from '../../shared/records/build-of-digest.ts';
import { donePromotions } from '../../shared/records/done-promotions.ts';
import { findOrigin } from './find-origin.ts';
import type { Promote } from './promote.ts';

/**
 * What a wiki is to show of a promotion's tag, by the documents of now: where it stands, and of each image its commit
 * and its manifest page. For a dry run, as it would stand.
 */
export async function gatherShowing(
  its: Promote,
  promotion: Promotion,
  wiki: WikiConfiguration,
): Promise<Showing> {
  const { to: tag, dryRun } = promotion;
  const done = await donePromotions(its, tag);
  const line = (dryRun ? [promotion, ...done] : done).map(each => ({
    ...each,
    images: each.images.filter(({ image }) => isShown(wiki, image)),
  }));
  const standing = tagStanding(line);
  const images = await Promise.all(standing.map(each => shownImage(its, each)));
  const repositories = new Set(line.flatMap(each => each.images.map(({ repository }) => repository)));
  return {
    tag,
    wiki,
    images: images.filter(image => image !== undefined),
    earlier: [...repositories].flatMap(repository => parseImageReference(repository) ?? []),
    repos: Object.values(its.configuration.repos),
  };
}

export function isShown({ images }: WikiConfiguration, image: string): boolean {
  return images?.includes(image) ?? true;
}

async function shownImage(its: Promote, standing: Standing): Promise<ShownImage | undefined> {
  const { image, repository, digest } = standing;
  const reference = parseImageReference(repository);
  if (reference === undefined) return undefined;
  const build = await buildOfDigest(its.records, standing);
  const commit = build?.commit ?? (await commitInImage(its, { ...reference, digest }));
  const repo = its.configuration.repos[its.configuration.images[image]?.repo ?? ''];
  const page = `${pageName({ ...reference, tag: standing.from ?? '' })}.md`;
  const folder = build === undefined ? commit && buildFolder({ image, commit }) : pagesFolder(build);
  const manifest = folder === undefined ? undefined : await manifestOf(its, { folder, page });
  const origin = manifest === undefined ? await findOrigin(its, standing) : undefined;
  return { ...standing, reference, commit, repo, manifest, origin };
}

/** What the image itself says, where no build has its digest. */
async function commitInImage({ revision }: Promote, image: ImageReference): Promise<CommitSha | undefined> {
  const said = await revision(image);
  return said !== undefined && isCommitSha(said) ? said : undefined;
}

type Kept = { readonly folder: string; readonly page: string };

/** The page under the source's name; else any of the build's, which tell the same. */
async function manifestOf({ artifacts }: Promote, { folder, page }: Kept): Promise<string | undefined> {
  const paths = await artifacts.list(`${folder}/manifests`);
  const path = paths.find(each => each.endsWith(`/${page}`)) ?? paths.find(each => each.endsWith('.md'));
  const bytes = path === undefined ? undefined : await artifacts.get(path);
  return bytes && new TextDecoder().decode(bytes);
}
