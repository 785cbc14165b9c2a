import { imagesOfRepo } from '../configuration/lookups.ts';
import type { Configuration, ImageConfiguration } from '../configuration/schema.ts';
import { parseImageReference, repositoryName } from '../names/image-reference.ts';
import { buildOrder, type ImageTree, type TreeImage } from './image-tree.ts';

/** The images of a repo that headway builds. What stands on an image that others build is a root here. */
export function treeOfConfiguration(configuration: Configuration, repo: string): ImageTree {
  const built = imagesOfRepo(configuration, repo).flatMap(name => {
    const image = configuration.images[name];
    return image === undefined || image.builder === 'none' ? [] : [[name, image] as const];
  });
  const names = new Set(built.map(([name]) => name));
  return buildOrder(built.map(([name, image]) => imageOf(name, image, names))).order;
}

function imageOf(name: string, image: ImageConfiguration, built: ReadonlySet<string>): TreeImage {
  const { source, context, dockerfile, parent, parentArg, args, tests } = image;
  const testFolders = [...tests.basic, ...tests.integration].flatMap(({ folders }) => folders).map(joined);
  const reference = parseImageReference(image.repository);
  return {
    name,
    folder: joined(context),
    ...(source !== undefined && { elsewhere: true }),
    ...(testFolders.length > 0 && { testFolders: [...new Set(testFolders)] }),
    dockerfile: joined(`${context}/${dockerfile}`),
    repository: reference === undefined ? undefined : repositoryName(reference),
    parents: parent !== undefined && built.has(parent) ? [parent] : [],
    parentArg,
    args,
  };
}

/** The configuration takes no `..`, so that this is all there is to a path. */
function joined(path: string): string {
  return path
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .join('/');
}
