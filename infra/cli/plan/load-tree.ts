import { readAllBases } from '../../../shared/adapters/builders/dockerfile-bases.ts';
import type { ChangeRules } from '../../../shared/domain/plans/change-rules.ts';
import type { ImageTree } from '../../../shared/domain/tree/image-tree.ts';
import { type Remark, settleParents } from '../../../shared/domain/tree/settle-parents.ts';
import { treeOfConfiguration } from '../../../shared/domain/tree/tree-of-configuration.ts';
import { formatMistakes } from '../../../shared/runtime/configuration/format-mistakes.ts';
import { changeRulesPath, readChangeRules } from '../../../shared/runtime/configuration/read-change-rules.ts';
import { type Mistake, readConfiguration } from '../../../shared/runtime/configuration/read-configuration.ts';
import { readSpec } from '../../../shared/runtime/configuration/read-spec.ts';
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
  const text = texts.get(file) ?? '';
  const declared =
    /\.ya?ml$/.test(file) && !isConfiguration(file)
      ? fromSpec(text, file)
      : fromConfiguration(text, { file, repo });
  const paths = [...new Set(declared.images.map(({ dockerfile }) => dockerfile))];
  const bases = readAllBases(declared.images, await repository.files(commit, paths));
  const settled = settleParents(declared, bases);
  if ('mistakes' in settled)
    throw wrong(settled.mistakes.map(({ path, message }) => declared.mistakeAt(path, message)));
  const { tags, branch } = declared;
  const rules = declared.rules ?? (await rulesOf(repository, { commit, file }));
  return { file, ...settled, rules, tags, branch };
}

function isConfiguration(file: string): boolean {
  return /(?:^|\/)headway[^/]*\.ya?ml$/.test(file);
}

function fromSpec(text: string, file: string) {
  const reading = readSpec(text, { path: file });
  if ('mistakes' in reading) throw wrong(reading.mistakes);
  return {
    ...reading,
    tags: { by: 'branch', prefix: reading.prefix } as const,
    branch: undefined,
    rules: undefined,
  };
}

function fromConfiguration(
  text: string,
  { file, repo }: { readonly file: string; readonly repo: string | undefined },
) {
  const reading = readConfiguration(text, { path: file });
  if ('mistakes' in reading) throw wrong(reading.mistakes);
  const names = Object.keys(reading.configuration.repos);
  const name = repo ?? (names.length === 1 ? names[0] : undefined);
  const found = name === undefined ? undefined : reading.configuration.repos[name];
  if (name === undefined || found === undefined) {
    throw failed(
      `Cannot tell which repo this is: "${file}" has ${names.join(', ') || 'none'}; name one with --repo`,
    );
  }
  const images = treeOfConfiguration(reading.configuration, name);
  const { mistakeAt } = reading;
  const { buildAll, ignore } = found.builds;
  const said = { branch: found.branch, rules: { buildAll, ignore } };
  return { images, roots: undefined, mistakeAt, tags: { by: 'commit' } as const, ...said };
}

type At = { readonly commit: string };

/** `change_ignore.json` beside a `spec.yml`; a `headway.yaml` says it itself. */
async function rulesOf(repository: LocalRepository, { commit, file }: At & { readonly file: string }) {
  const path = changeRulesPath(file);
  const reading = readChangeRules((await repository.files(commit, [path])).get(path), { specPath: file });
  if ('problem' in reading) throw failed(reading.problem);
  return reading.rules;
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
