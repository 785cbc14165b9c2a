import type { ImageReference } from '../names/image-reference.ts';
import { parseImageReference, sameRepository } from '../names/image-reference.ts';
import type { Configuration } from './schema.ts';

/** Names of the images that are built from a repo, parents before their children. */
export function imagesOfRepo({ images }: Configuration, repo: string): string[] {
  const names = Object.keys(images).filter(name => images[name]?.repo === repo);
  const depth = (name: string): number => {
    const parent = images[name]?.parent;
    return parent === undefined ? 0 : 1 + depth(parent);
  };
  return names.toSorted((a, b) => depth(a) - depth(b));
}

/** Names of the images that stand on an image and that headway builds: they wait for it. */
export function builtChildrenOf({ images }: Configuration, image: string): string[] {
  return Object.keys(images).filter(
    name => images[name]?.parent === image && images[name].builder !== 'none',
  );
}

/** Names of the tags that an image carries and that headway moves, or that others move. */
export function tagsOfImage(
  { tags }: Configuration,
  image: string,
  movedBy: 'headway' | 'registry',
): string[] {
  return Object.keys(tags).filter(
    name => tags[name]?.movedBy === movedBy && tags[name].images.includes(image),
  );
}

/** The branch that a tag of an image follows; nothing where others move the tag or the image has no repo. */
export function followedBranch(
  { tags, images, repos }: Configuration,
  image: string,
  tag: string,
): { repo: string; branch: string } | undefined {
  const repo = images[image]?.repo;
  const rule = tags[tag];
  const tracked = repo === undefined ? undefined : repos[repo]?.branch;
  if (repo === undefined || tracked === undefined || rule?.movedBy !== 'headway') return undefined;
  return { repo, branch: rule.branch ?? tracked };
}

/** The branches of a repo that are built: the tracked one, and those that a tag of its images follows. */
export function trackedBranches(configuration: Configuration, repo: string): Set<string> {
  const followed = Object.entries(configuration.tags).flatMap(([tag, { images }]) =>
    images.map(image => followedBranch(configuration, image, tag)),
  );
  const branches = followed.flatMap(found => (found?.repo === repo ? [found.branch] : []));
  const tracked = configuration.repos[repo]?.branch;
  return new Set(tracked === undefined ? branches : [tracked, ...branches]);
}

/** The images (by name) whose repository is the one that a reference names. */
export function imagesAt({ images }: Configuration, reference: ImageReference): string[] {
  return Object.keys(images).filter(name => {
    const repository = parseImageReference(images[name]?.repository ?? '');
    return repository !== undefined && sameRepository(repository, reference);
  });
}

/** Where an image is pushed to. @throws {RangeError} when the configuration has no such image. */
export function repositoryOf({ images }: Configuration, image: string): ImageReference {
  const found = parseImageReference(images[image]?.repository ?? '');
  if (found === undefined)
    throw new RangeError(`Cannot find image "${image}": the configuration does not name it`);
  return { registry: found.registry, repository: found.repository };
}

/** The services (by name, with their target) that follow an image's tag. */
export function followersOf({ services }: Configuration, image: string, tag: string) {
  return Object.entries(services).flatMap(([service, { target, image: i, tag: t }]) =>
    i === image && t === tag ? [{ target, service }] : [],
  );
}
