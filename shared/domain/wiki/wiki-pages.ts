import type { CommitSha } from '../names/commit-sha.ts';
import { shortDigest } from '../names/digest.ts';
import type { ImageReference } from '../names/image-reference.ts';
import { familiarName, fullName, pageName } from '../results/result-names.ts';
import { type HomeRow, homePage } from './home-page.ts';
import { commitCell, type LinkedRepo, pageLink, type WikiPlace, wikiName } from './links.ts';
import { stablePage } from './stable-page.ts';
import type { Standing } from './tag-standing.ts';

/** An image under the tag, with what is known of where it is from. */
export type ShownImage = Standing & {
  readonly reference: ImageReference;
  readonly commit?: CommitSha | undefined;
  /** The repository of its commits. */
  readonly repo?: LinkedRepo | undefined;
  /** Its manifest page, where one was kept. */
  readonly manifest?: string | undefined;
  /** Else the tag under which the wiki may have it; one that does not move. */
  readonly origin?: string | undefined;
};
export type Showing = {
  readonly tag: string;
  readonly images: readonly ShownImage[];
  /** Images that were under the tag at any time, by their references. */
  readonly earlier: readonly ImageReference[];
  readonly wiki: WikiPlace;
  readonly repos: readonly LinkedRepo[];
};

export const HOME = 'Home.md';
export const STABLE = 'Stable_Tag.md';
/** The one tag that has a page to itself. */
const GLOBAL = 'stable';

/** The pages that {@link wikiPages} asks for. */
export function pagesToRead({ tag, images }: Showing): string[] {
  const origins = images.flatMap(({ reference, origin }) =>
    origin === undefined ? [] : [fileOf(reference, origin)],
  );
  return tag === GLOBAL ? origins : [HOME, ...origins];
}

/**
 * The pages that show a tag as it stands, by their paths: those of its images, copies of their sources' pages under
 * the new name, and the row in `Home.md`, or all of `Stable_Tag.md` for the global tag. No other page is touched.
 *
 * @param found what is there now of {@link pagesToRead}.
 */
export function wikiPages(showing: Showing, found: ReadonlyMap<string, string>): Map<string, string> {
  const { tag, images, earlier, wiki, repos } = showing;
  const pages = new Map(images.flatMap(image => imagePages(tag, image, found)));
  const names = images.map(({ reference }) => fullName({ ...reference, tag }));
  const links = images.map(({ reference }) => pageLink(wiki, pageName({ ...reference, tag }), repos));
  if (tag === GLOBAL) return pages.set(STABLE, stablePage({ names, links, basedOn: images.map(basedOn) }));
  const row: HomeRow = { commits: commitsOf(images), names, links };
  const replaced = earlier.map(reference => fullName({ ...reference, tag }));
  const home = homePage(found.get(HOME), {
    row: images.length === 0 ? undefined : row,
    replaced: [...names, ...replaced],
    wiki: wikiName(wiki.url),
  });
  return pages.set(HOME, home);
}

/** DataHub's own words; the mark keeps builds from starting for it. */
export function publishMessage(showing: Pick<Showing, 'images' | 'tag'>): string {
  const commit = showing.images.find(({ commit }) => commit !== undefined)?.commit;
  return `[ci skip] Automated publish for ${commit ?? showing.tag}`;
}

type Page = readonly [path: string, text: string];

/** The source's page under its own name too, so that the two can be compared. */
function imagePages(tag: string, image: ShownImage, found: ReadonlyMap<string, string>): Page[] {
  const { reference, from, manifest, origin } = image;
  const own = fileOf(reference, tag);
  if (manifest === undefined) {
    const theirs = origin && found.get(fileOf(reference, origin));
    return [[own, theirs ?? withoutManifest(image)]];
  }
  const page: Page = [own, manifest];
  return from === undefined ? [page] : [page, [fileOf(reference, from), manifest]];
}

function withoutManifest({ reference, digest, commit }: ShownImage): string {
  const of = commit === undefined ? '' : ` It was built from commit \`${commit}\`.`;
  return `No manifest of this image was kept: \`${familiarName(reference)}@${digest}\`.${of}\n`;
}

function basedOn({ reference, from, digest }: ShownImage): string {
  if (from !== undefined) return fullName({ ...reference, tag: from });
  return `${familiarName(reference)}@${shortDigest(digest)}`;
}

/** One link where all images are of one commit; else one for each, in their order. */
function commitsOf(images: readonly ShownImage[]): string[] {
  const cells = images.map(({ commit, repo }) => (commit === undefined ? '' : commitCell(commit, repo)));
  return new Set(cells).size === 1 ? cells.slice(0, 1) : cells;
}

function fileOf(reference: ImageReference, tag: string): string {
  return `${pageName({ ...reference, tag })}.md`;
}
