import type { Follows, GitTagRule } from '../documents/tag.ts';
import type { ImageReference } from '../names/image-reference.ts';
import { parseImageReference, repositoryName } from '../names/image-reference.ts';
import { buildOrder } from '../tree/image-tree.ts';
import { derivedOnce } from './derived-once.ts';
import type { Configuration } from './schema.ts';
import { isMovedByItself, type TagConfiguration } from './tags.ts';

/** Names of the images that are built from a repo, parents before their children. */
export function imagesOfRepo({ images }: Configuration, repo: string): string[] {
  const standing = Object.entries(images).flatMap(([name, image]) =>
    image.repo === repo ? [{ name, parents: image.parent === undefined ? [] : [image.parent] }] : [],
  );
  return buildOrder(standing).order.map(({ name }) => name);
}

/** Names of the images that stand on an image and that headway builds: they wait for it. */
export function builtChildrenOf({ images }: Configuration, image: string): readonly string[] {
  return builtChildren(images).get(image) ?? [];
}

const builtChildren = derivedOnce((images: Configuration['images']) => {
  const built = Object.entries(images).flatMap(([name, { parent, builder }]) =>
    parent === undefined || builder === 'none' ? [] : [{ name, parent }],
  );
  const children = Map.groupBy(built, ({ parent }) => parent);
  return new Map([...children].map(([parent, found]) => [parent, found.map(({ name }) => name)]));
});

/** Names of the tags that an image carries and that headway moves by itself, or that people and others move. */
export function tagsOfImage(
  { tags }: Configuration,
  image: string,
  movedBy: 'headway' | 'registry',
): string[] {
  return Object.keys(tags).filter(name => {
    const tag = tags[name];
    if (tag === undefined || !tag.images.includes(image)) return false;
    return isMovedByItself(tag) === (movedBy === 'headway');
  });
}

/** The branch that a tag of an image follows; nothing where it follows none, or the image has no repo. */
export function followedBranch(
  configuration: Configuration,
  image: string,
  tag: string,
): { repo: string; branch: string } | undefined {
  const follows = followsOf(configuration, image, tag);
  return follows === undefined || follows.gitTags !== undefined
    ? undefined
    : { repo: follows.repo, branch: follows.branch };
}

/** What a tag of an image follows; nothing where people or others move the tag, or the image has no repo. */
export function followsOf(
  { tags, images, repos }: Pick<Configuration, 'tags' | 'images' | 'repos'>,
  image: string,
  tag: string,
): Follows | undefined {
  const repo = images[image]?.repo;
  const rule = tags[tag];
  const tracked = repo === undefined ? undefined : repos[repo]?.branch;
  if (repo === undefined || tracked === undefined || rule === undefined) return undefined;
  if (!isMovedByItself(rule)) return undefined;
  const gitTags = gitTagsOf(tag, rule);
  return { repo, branch: rule.branch ?? tracked, ...(gitTags !== undefined && { gitTags }) };
}

/** The images that move together with an image's tag, itself among them. */
export function movedTogether({ tags }: Configuration, image: string, tag: string): readonly string[] {
  const rule = tags[tag];
  return rule?.whole === true && rule.images.includes(image) ? rule.images : [image];
}

/** The tags that Git tags put images up for, with each image of the repo that carries them. */
export function tagsFollowingGitTags(configuration: Configuration, repo: string) {
  return Object.entries(configuration.tags).flatMap(([tag, { images }]) =>
    images.flatMap(image => {
      const follows = followsOf(configuration, image, tag);
      return follows?.repo === repo && follows.gitTags !== undefined
        ? [{ image, tag, rule: follows.gitTags }]
        : [];
    }),
  );
}

function gitTagsOf(name: string, rule: TagConfiguration): GitTagRule | undefined {
  if (rule.follows === 'git-tag') return { kind: 'pattern', pattern: rule.pattern ?? '' };
  if (rule.follows !== 'semver') return undefined;
  return { kind: 'versions', range: rule.range ?? name, preReleases: rule.preReleases };
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

/** Whether pushes of a branch are built. */
export function isBuilt(configuration: Configuration, repo: string, branch: string): boolean {
  if (trackedBranches(configuration, repo).has(branch)) return true;
  return (configuration.repos[repo]?.builds.branches ?? []).some(pattern => isLike(branch, pattern));
}

/** `*` is any part of the text, also none. */
function isLike(text: string, pattern: string): boolean {
  const parts = pattern.split('*').map(part => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}

/** The images (by name) whose repository is the one that a reference names. */
export function imagesAt({ images }: Configuration, reference: ImageReference): readonly string[] {
  return imagesByRepository(images).get(repositoryName(reference)) ?? [];
}

const imagesByRepository = derivedOnce((images: Configuration['images']) =>
  Map.groupBy(Object.keys(images), name => {
    const repository = parseImageReference(images[name]?.repository ?? '');
    return repository === undefined ? undefined : repositoryName(repository);
  }),
);

/** Where an image is pushed to. @throws {RangeError} when the configuration has no such image. */
export function repositoryOf({ images }: Pick<Configuration, 'images'>, image: string): ImageReference {
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
