import { readAllBases } from '../adapters/builders/dockerfile-bases.ts';
import type { Mistake as FoundMistake } from '../domain/configuration/mistake.ts';
import type { Configuration } from '../domain/configuration/schema.ts';
import { parseImageReference, repositoryName } from '../domain/names/image-reference.ts';
import type { ChangeRules } from '../domain/plans/change-rules.ts';
import type { ImageTree } from '../domain/tree/image-tree.ts';
import { type Remark, type Settled, settleParents } from '../domain/tree/settle-parents.ts';
import type { Spec } from '../domain/tree/spec.ts';
import { treeOfConfiguration } from '../domain/tree/tree-of-configuration.ts';
import type { Declared } from '../domain/tree/tree-of-spec.ts';
import type { Mistake } from '../runtime/configuration/placed-mistakes.ts';
import { changeRulesPath, readChangeRules } from '../runtime/configuration/read-change-rules.ts';
import { readSpec } from '../runtime/configuration/read-spec.ts';

/** The texts of files of a commit, by path; what is no file there is left out. */
export type FilesAtCommit = (paths: readonly string[]) => Promise<ReadonlyMap<string, string>>;

export type DeclaredTree = {
  readonly images: ImageTree;
  readonly remarks: readonly Remark[];
  readonly rules: ChangeRules;
  /** What the tags of its branches begin with. */
  readonly prefix: string | undefined;
  /** All of the file: commands, tests, pruning. */
  readonly spec: Spec;
};

type SpecAtCommit = {
  /** Where the file is in its repository. */
  readonly path: string;
  readonly text: string;
  /** Where images are that do not say it themselves, e.g. `ghcr.io/acme`. */
  readonly repositories?: string | undefined;
};

/**
 * The images that a `spec.yml` declares at a commit, with the parents that their Dockerfiles name and the rules of the
 * `change_ignore.json` beside it; or every mistake, with its line.
 */
export async function declaredTree(
  { path, text, repositories }: SpecAtCommit,
  files: FilesAtCommit,
): Promise<DeclaredTree | { readonly mistakes: readonly Mistake[] }> {
  const reading = readSpec(text, { path });
  if ('mistakes' in reading) return reading;
  const { spec, prefix, roots, mistakeAt } = reading;
  const settled = await withDockerfiles({ images: placed(reading.images, repositories), roots }, files);
  if ('mistakes' in settled) {
    return { mistakes: settled.mistakes.map(mistake => mistakeAt(mistake.path, mistake.message)) };
  }
  const file = changeRulesPath(path);
  const rules = readChangeRules((await files([file])).get(file), { specPath: path });
  if ('problem' in rules) {
    return { mistakes: [{ file, line: 1, column: 1, path: '', message: rules.problem }] };
  }
  return { ...settled, ...rules, prefix, spec };
}

/** The same for the images of a repo in a configuration, which says the rules itself. */
export async function configuredTree(
  { configuration, repo }: { readonly configuration: Configuration; readonly repo: string },
  files: FilesAtCommit,
): Promise<Omit<DeclaredTree, 'prefix' | 'spec'> | { readonly mistakes: readonly FoundMistake[] }> {
  const images = treeOfConfiguration(configuration, repo);
  const { buildAll = [], ignore = [] } = configuration.repos[repo]?.builds ?? {};
  // Alone, an image can stand on none of the others.
  const isAlone = images.length < 2;
  const settled = isAlone
    ? { images, remarks: [] }
    : await withDockerfiles({ images, roots: undefined }, files);
  return 'mistakes' in settled ? settled : { ...settled, rules: { buildAll, ignore } };
}

async function withDockerfiles(
  declared: Pick<Declared, 'images' | 'roots'>,
  files: FilesAtCommit,
): Promise<Settled> {
  const here = declared.images.filter(({ elsewhere }) => elsewhere !== true);
  const paths = new Set(here.map(({ dockerfile }) => dockerfile));
  const texts = paths.size === 0 ? new Map() : await files([...paths]);
  return settleParents(declared, readAllBases(here, texts));
}

function placed(images: ImageTree, repositories: string | undefined): ImageTree {
  if (repositories === undefined) return images;
  return images.map(image => {
    const reference = parseImageReference(`${repositories}/${image.name}`);
    return {
      ...image,
      repository: image.repository ?? (reference === undefined ? undefined : repositoryName(reference)),
    };
  });
}
