import { trackedBranches } from '../../../shared/domain/configuration/lookups.ts';
import { Stack } from '../../../shared/domain/configuration/repos.ts';
import type { ImageConfiguration } from '../../../shared/domain/configuration/schema.ts';
import type { ChangeRules } from '../../../shared/domain/plans/change-rules.ts';
import { recipeOfSpec } from '../../../shared/domain/stacks/recipe-of-spec.ts';
import type { ImageTree } from '../../../shared/domain/tree/image-tree.ts';
import type { Remark } from '../../../shared/domain/tree/settle-parents.ts';
import { formatMistakes } from '../../../shared/runtime/configuration/format-mistakes.ts';
import type { Mistake } from '../../../shared/runtime/configuration/placed-mistakes.ts';
import { readConfiguration } from '../../../shared/runtime/configuration/read-configuration.ts';
import { configuredTree, declaredTree, type FilesAtCommit } from '../../../shared/wiring/declared-tree.ts';
import { CommandError, exitCodes } from '../command.ts';
import type { LocalRepository } from './repository.ts';

export type LoadedTree = {
  /** The file that declares it, in the repository. */
  readonly file: string;
  readonly images: ImageTree;
  readonly remarks: readonly Remark[];
  readonly rules: ChangeRules;
  /** spec: images carry a tag made from the branch. commit: they carry their commit, as headway's own builds do. */
  readonly tags: { readonly by: 'branch'; readonly prefix: string | undefined } | { readonly by: 'commit' };
  /** The branch that the file says is tracked. */
  readonly branch: string | undefined;
  /** The branches on which everything is built, whatever changed; nothing where the file does not say it. */
  readonly builtWhole: ReadonlySet<string> | undefined;
  /** What the file says becomes of images that did not change and are missing. */
  readonly parents: 'rebuild' | 'reuse' | undefined;
  /** How an image is built and tested, by its name. */
  readonly recipe: (name: string) => ImageConfiguration | undefined;
};

type Wanted = {
  readonly commit: string;
  /** The file that declares the images; found when absent. */
  readonly file?: string | undefined;
  /** Which repo of a headway.yaml. */
  readonly repo?: string | undefined;
};

const PLACES = ['images/spec.yml', 'spec.yml', 'headway.yaml'];

/**
 * The images that a commit declares: its `spec.yml`, or the images of one repo of its `headway.yaml`.
 *
 * @throws {CommandError} with every mistake and its line, or when there is nothing to read.
 */
export async function loadTree(
  repository: LocalRepository,
  { commit, file: wanted, repo }: Wanted,
): Promise<LoadedTree> {
  const places = wanted === undefined ? PLACES : [wanted];
  const texts = await repository.files(commit, places);
  const file = places.find(place => texts.has(place));
  if (file === undefined) {
    const looked = places.map(place => `"${place}"`).join(', ');
    throw failed(
      `Cannot find out what is built: commit ${commit.slice(0, 7)} has no ${looked}; name the file with --file`,
    );
  }
  const read = {
    file,
    text: texts.get(file) ?? '',
    repo,
    files: (paths: readonly string[]) => repository.files(commit, paths),
  };
  return isConfiguration(file) ? fromConfiguration(read) : fromSpec(read);
}

function isConfiguration(file: string): boolean {
  return /(?:^|\/)headway[^/]*\.ya?ml$/.test(file) || !/\.ya?ml$/.test(file);
}

type Reading = {
  readonly file: string;
  readonly text: string;
  readonly repo: string | undefined;
  readonly files: FilesAtCommit;
};

async function fromSpec({ file, text, files }: Reading): Promise<LoadedTree> {
  const tree = await declaredTree({ path: file, text }, files);
  if ('mistakes' in tree) throw wrong(tree.mistakes);
  const { images, remarks, rules, prefix, spec } = tree;
  const stack = Stack.parse({ file, repositories: 'localhost/stack' });
  const recipe = (name: string) => recipeOfSpec(spec, name, { repo: 'here', stack });
  const said = { branch: undefined, builtWhole: undefined, parents: undefined };
  return { file, images, remarks, rules, tags: { by: 'branch', prefix }, recipe, ...said };
}

async function fromConfiguration({ file, text, repo: wanted, files }: Reading): Promise<LoadedTree> {
  const reading = readConfiguration(text, { path: file });
  if ('mistakes' in reading) throw wrong(reading.mistakes);
  const { configuration } = reading;
  const names = Object.keys(configuration.repos);
  const repo = wanted ?? (names.length === 1 ? names[0] : undefined);
  const found = repo === undefined ? undefined : configuration.repos[repo];
  if (repo === undefined || found === undefined) {
    throw failed(
      `Cannot tell which repo this is: "${file}" has ${names.join(', ') || 'none'}; name one with --repo`,
    );
  }
  const tree = await configuredTree({ configuration, repo }, files);
  if ('mistakes' in tree) {
    throw wrong(tree.mistakes.map(({ path, message }) => reading.mistakeAt(path, message)));
  }
  const { plan, parents } = found.builds;
  const builtWhole = plan === 'everything' ? trackedBranches(configuration, repo) : new Set<string>();
  const recipe = (name: string) => configuration.images[name];
  return { file, ...tree, tags: { by: 'commit' }, branch: found.branch, builtWhole, parents, recipe };
}

function wrong(mistakes: readonly Mistake[]): CommandError {
  const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
  return failed(
    `Cannot tell what is built, since there ${mistakes.length === 1 ? 'is' : 'are'} ${count}\n${formatMistakes(mistakes)}`,
  );
}

function failed(message: string): CommandError {
  return new CommandError(message, exitCodes.failed);
}
