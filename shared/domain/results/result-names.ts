import { type ImageReference, repositoryName } from '../names/image-reference.ts';

/** An image under a tag, by which its results are named. */
export type TaggedImage = ImageReference & { readonly tag: string };

/** The kinds of results, each in a folder of its own. */
export const RESULT_FOLDERS = ['artifacts', 'logs', 'manifests'] as const;
export type ResultFolder = (typeof RESULT_FOLDERS)[number];

/** Where the results of one image at one commit are kept: `builds/IMAGE/COMMIT`. */
export function buildFolder({ image, commit }: { readonly image: string; readonly commit: string }): string {
  return `builds/${image}/${commit}`;
}

/** Where an image's logs and pages are: those of its build, or of the one whose image it took over. */
export function pagesFolder(build: {
  readonly image: string;
  readonly commit: string;
  readonly results?: string | undefined;
}): string {
  return build.results ?? buildFolder(build);
}

/** The full name as people write it, without what Docker adds: `ghcr.io/acme/web:2026.3-main`, `acme/web:stable`. */
export function fullName({ tag, ...image }: TaggedImage): string {
  return `${familiarName(image)}:${tag}`;
}

/** A repository as people write it. */
export function familiarName(image: ImageReference): string {
  return image.registry === 'docker.io' ? image.repository.replace(/^library\//, '') : repositoryName(image);
}

/** What files are called that hold results of the image: its full name with `/` and `:` replaced by `-`. */
export function safeName(image: TaggedImage): string {
  return dashed(fullName(image));
}

/** What the image's page is called in a wiki: as {@link safeName}, with the dots of the registry's host replaced too. */
export function pageName(image: TaggedImage): string {
  const name = fullName(image);
  if (image.registry === 'docker.io') return dashed(name);
  return dashed(`${image.registry.replaceAll('.', '-')}${name.slice(image.registry.length)}`);
}

function dashed(name: string): string {
  return name.replaceAll(/[/:]/g, '-');
}
