import type { Mistake } from '../configuration/mistake.ts';
import { type Base, basesOf, type DockerfileBases } from './dockerfile-bases.ts';
import { buildOrder, type ImageTree, type TreeImage } from './image-tree.ts';
import { cycleMistake, type Declared } from './tree-of-spec.ts';

/** Something that a person should know of a Dockerfile, and that stops nothing. */
export type Remark = {
  readonly image: string;
  readonly file: string;
  /** From 1; absent for the whole file. */
  readonly line?: number;
  readonly message: string;
};

export type Settled =
  | { readonly images: ImageTree; readonly remarks: readonly Remark[] }
  | { readonly mistakes: readonly Mistake[] };

/**
 * Completes the declared parents with those that FROM lines name, and says where the two disagree. A parent that
 * only a FROM line names counts like a declared one: without it, the image would stay on an old one.
 *
 * @param dockerfiles by the name of the image; what is missing is a remark of its own.
 */
export function settleParents(
  { images, roots }: Pick<Declared, 'images' | 'roots'>,
  dockerfiles: ReadonlyMap<string, DockerfileBases>,
): Settled {
  const owners = new Map(images.flatMap(({ name, repository }) => (repository ? [[repository, name]] : [])));
  const settled = images.map(image => settle(image, { owners, dockerfile: dockerfiles.get(image.name) }));
  const { order, cycles } = buildOrder(settled.map(({ image }) => image));
  // A FROM line closed it: no key of the declaration did.
  const atImage = (mistake: Mistake) => ({ ...mistake, path: mistake.path.slice(0, 2) });
  const mistakes = [...cycles.map(cycleMistake).map(atImage), ...unlistedRoots(order, roots)];
  if (mistakes.length > 0) return { mistakes };
  return { images: order, remarks: settled.flatMap(({ remarks }) => remarks) };
}

type Surroundings = {
  readonly owners: ReadonlyMap<string, string>;
  readonly dockerfile: DockerfileBases | undefined;
};

function settle(image: TreeImage, { owners, dockerfile }: Surroundings) {
  const { name, parents: declared, dockerfile: file } = image;
  if (image.elsewhere) return { image, remarks: [] };
  const remark = (message: string, line?: number): Remark => ({
    image: name,
    file,
    ...(line !== undefined && { line }),
    message,
  });
  if (dockerfile === undefined) return { image, remarks: [remark('there is no such file at this commit')] };
  const bases = basesOf(dockerfile, image);
  const found = bases.flatMap(base => {
    const owner = owners.get(base.repository ?? '');
    return owner === undefined ? [] : [{ owner, base }];
  });
  const parents = [...new Set([...declared, ...found.map(({ owner }) => owner)])];
  const undeclared = parents.filter(parent => !declared.includes(parent));
  const lineOf = (parent: string) => found.find(({ owner }) => owner === parent)?.base.line;
  return {
    image: { ...image, parents },
    remarks: [
      ...undeclared.map(parent =>
        remark(`stands on "${parent}", which is not declared; it counts as a parent`, lineOf(parent)),
      ),
      ...declared
        .filter(parent => isAbsent(parent, { bases, found: found.map(({ owner }) => owner) }))
        .map(parent => remark(`no FROM line stands on "${parent}", which is declared`, bases.at(-1)?.line)),
      ...found
        .filter(({ base }) => base.isPinned)
        .map(({ owner, base }) =>
          remark(`stands on "${base.text}" whatever is built; a new "${owner}" does not reach it`, base.line),
        ),
    ],
  };
}

/** Only where every FROM line is understood can one say that none of them means the parent. */
function isAbsent(
  parent: string,
  { bases, found }: { readonly bases: readonly Base[]; readonly found: readonly string[] },
): boolean {
  if (found.includes(parent)) return false;
  return bases.every(({ repository, isGiven }) => repository !== undefined && !isGiven);
}

/** Where the roots are listed, an image that is none and has no parent was forgotten somewhere. */
function unlistedRoots(images: ImageTree, roots: readonly string[] | undefined): Mistake[] {
  if (roots === undefined) return [];
  return images
    .filter(({ name, parents }) => parents.length === 0 && !roots.includes(name))
    .map(({ name }) => ({
      path: ['images', name],
      message: `expected depend_on, or "${name}" among root: it stands on no image`,
    }));
}
