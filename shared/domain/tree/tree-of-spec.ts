import { closestAmong } from '../configuration/closest-name.ts';
import { type Mistake, quoted } from '../configuration/mistake.ts';
import { parseImageReference, repositoryName } from '../names/image-reference.ts';
import { buildOrder, cycleText, type ImageTree, type TreeImage } from './image-tree.ts';
import type { Spec, SpecImage } from './spec.ts';

/** What `spec.yml` declares. Whether its Dockerfiles agree is for `settleParents`. */
export type Declared = {
  readonly images: ImageTree;
  /** The names that `root` has; nothing where it is absent. */
  readonly roots: readonly string[] | undefined;
  /** What the tag of every image begins with. */
  readonly prefix: string | undefined;
};

/**
 * The images that a `spec.yml` declares, or every mistake that its form allows and its sense does not.
 *
 * @param folder where the file is; each image is in the folder of its name beside it.
 */
export function treeOfSpec(
  spec: Spec,
  { folder }: { readonly folder: string },
): Declared | { readonly mistakes: readonly Mistake[] } {
  const entries = Object.entries(spec.images).map(([name, entry]) => [name, entry ?? {}] as const);
  const images = entries.map(([name, entry]) => imageOf(name, entry, folder));
  const { order, cycles } = buildOrder(images);
  const known: Known = {
    images: wordsFor(spec.images, 'the name of an image'),
    commands: wordsFor(spec.all_info_cmds ?? {}, 'a key of all_info_cmds'),
  };
  const roots = typeof spec.root === 'string' ? [spec.root] : (spec.root ?? undefined);
  const mistakes = [
    ...(images.length === 0 ? [{ path: ['images'], message: 'expected at least one image' }] : []),
    ...wrongRoots(spec, roots ?? [], known),
    ...entries.flatMap(([name, entry]) => wrongImage(name, entry, { spec, known })),
    ...sharedRepositories(images),
    ...cycles.map(cycleMistake),
  ];
  if (mistakes.length > 0) return { mistakes };
  return { images: order, roots, prefix: spec.tag?.prefix ?? undefined };
}

/** At the first image of the cycle, which a person has to open somewhere. */
export function cycleMistake(cycle: readonly string[]): Mistake {
  return {
    path: ['images', cycle[0] ?? '', 'depend_on'],
    message: `expected no cycle, found ${cycleText(cycle)}`,
  };
}

function imageOf(name: string, entry: Partial<SpecImage>, folder: string): TreeImage {
  const reference = parseImageReference(entry.image_name ?? '');
  const own = folder === '' ? name : `${folder}/${name}`;
  return {
    name,
    folder: own,
    dockerfile: `${own}/Dockerfile`,
    repository: reference === undefined ? undefined : repositoryName(reference),
    parents: entry.depend_on ? [entry.depend_on] : [],
    parentArg: 'BASE_TAG',
    args: Object.fromEntries(
      Object.entries(entry.build_args ?? {}).map(([key, value]) => [key, String(value)]),
    ),
  };
}

type Known = {
  readonly images: ReturnType<typeof wordsFor>;
  readonly commands: ReturnType<typeof wordsFor>;
};

function wrongRoots({ images, root }: Spec, roots: readonly string[], known: Known): Mistake[] {
  return roots.flatMap((name, index) => {
    const path = typeof root === 'string' ? ['root'] : ['root', index];
    if (!(name in images)) return [{ path, message: known.images(name) }];
    const parent = images[name]?.depend_on;
    if (!parent) return [];
    return [{ path, message: `expected an image that stands on none; "${name}" has depend_on: ${parent}` }];
  });
}

function wrongImage(
  name: string,
  entry: Partial<SpecImage>,
  { spec: { images, all_info_cmds }, known }: { readonly spec: Spec; readonly known: Known },
): Mistake[] {
  const { image_name, depend_on } = entry;
  const reference = image_name ? parseImageReference(image_name) : undefined;
  const isPlain = reference !== undefined && reference.tag === undefined && reference.digest === undefined;
  const commands = all_info_cmds ?? {};
  return [
    ...(!image_name || isPlain
      ? []
      : [
          {
            path: ['images', name, 'image_name'],
            message: `expected an image repository without tag or digest, such as ghcr.io/acme/${name}, found ${quoted(image_name)}`,
          },
        ]),
    ...(!depend_on || depend_on in images
      ? []
      : [{ path: ['images', name, 'depend_on'], message: known.images(depend_on) }]),
    ...(entry.info_cmds ?? []).flatMap((command, index) =>
      Object.hasOwn(commands, command)
        ? []
        : [
            {
              path: ['images', name, 'info_cmds', index],
              message: known.commands(command),
            },
          ],
    ),
  ];
}

/** What one of them pushes the other would overwrite. */
function sharedRepositories(images: readonly TreeImage[]): Mistake[] {
  const owners = new Map<string, string>();
  return images.flatMap(({ name, repository }) => {
    if (repository === undefined) return [];
    const owner = owners.get(repository);
    if (owner === undefined) owners.set(repository, name);
    const message = `expected a repository of its own; image "${owner}" has this one`;
    return owner === undefined ? [] : [{ path: ['images', name, 'image_name'], message }];
  });
}

/** What to say of a name that is not among those that are known. */
function wordsFor(known: object, expected: string): (name: string) => string {
  const closest = closestAmong(Object.keys(known));
  return name => {
    const meant = closest(name);
    return `expected ${expected}, found ${quoted(name)}${meant === undefined ? '' : `; did you mean ${quoted(meant)}?`}`;
  };
}
