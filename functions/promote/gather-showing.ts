import type { WikiConfiguration } from '../../shared/domain/configuration/wiki.ts';
import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { isCommitSha } from '../../shared/domain/names/commit-sha.ts';
import { type ImageReference, parseImageReference } from '../../shared/domain/names/image-reference.ts';
import { buildFolder, pageName } from '../../shared/domain/results/result-names.ts';
import { type Standing, tagStanding } from '../../shared/domain/wiki/tag-standing.ts';
import type { Showing, ShownImage } from '../../shared/domain/wiki/wiki-pages.ts';
import { builds, promotions } from '../../shared/records/collections.ts';
import type { Promote } from './promote.ts';

/** What was promoted before so many promotions of a tag is no longer looked for. */
const MOST_PROMOTIONS = 200;

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

/** The newest first. What was refused, went back or was only tried leaves a tag where it was. */
async function donePromotions({ records }: Promote, tag: string): Promise<Promotion[]> {
  const ended = (phase: Promotion['phase']) =>
    records.query(promotions, {
      where: [
        { field: 'to', is: '==', value: tag },
        { field: 'phase', is: '==', value: phase },
      ],
      orderBy: { field: 'number', direction: 'desc' },
      limit: MOST_PROMOTIONS,
    });
  const found = await Promise.all([ended('moved'), ended('incomplete')]);
  return found.flat().toSorted((a, b) => b.number - a.number);
}

async function shownImage(its: Promote, standing: Standing): Promise<ShownImage | undefined> {
  const { image, repository, digest } = standing;
  const reference = parseImageReference(repository);
  if (reference === undefined) return undefined;
  const commit = await commitOf(its, standing, reference);
  const repo = its.configuration.repos[its.configuration.images[image]?.repo ?? ''];
  const page = `${pageName({ ...reference, tag: standing.from ?? '' })}.md`;
  const manifest = commit === undefined ? undefined : await manifestOf(its, { image, commit, page });
  return { ...standing, digest, reference, commit, repo, manifest };
}

/** The build with this very digest knows; else the image itself may say. */
async function commitOf(
  { records, revision }: Promote,
  { image, digest }: Standing,
  reference: ImageReference,
): Promise<CommitSha | undefined> {
  const [build] = await records.query(builds, {
    where: [
      { field: 'image', is: '==', value: image },
      { field: 'digest', is: '==', value: digest },
    ],
    limit: 1,
  });
  if (build !== undefined) return build.commit;
  const said = await revision({ ...reference, digest });
  return said !== undefined && isCommitSha(said) ? said : undefined;
}

type Kept = { readonly image: string; readonly commit: string; readonly page: string };

/** The page under the source's name; else any of the build's, which tell the same. */
async function manifestOf({ artifacts }: Promote, { page, ...build }: Kept): Promise<string | undefined> {
  const paths = await artifacts.list(`${buildFolder(build)}/manifests`);
  const path = paths.find(each => each.endsWith(`/${page}`)) ?? paths.find(each => each.endsWith('.md'));
  const bytes = path === undefined ? undefined : await artifacts.get(path);
  return bytes && new TextDecoder().decode(bytes);
}
