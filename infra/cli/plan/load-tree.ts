import { readDockerfileBases } from '../../../shared/adapters/builders/dockerfile-bases.ts';
import {
  ChangeIgnore,
  type ChangeRules,
  changeRules,
  STACK_RULES,
} from '../../../shared/domain/plans/change-rules.ts';
import type { ImageTree } from '../../../shared/domain/tree/image-tree.ts';
import { type Remark, settleParents } from '../../../shared/domain/tree/settle-parents.ts';
import { treeOfConfiguration } from '../../../shared/domain/tree/tree-of-configuration.ts';
import { formatMistakes } from '../../../shared/runtime/configuration/format-mistakes.ts';
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
  const bases = await dockerfilesOf(repository, { commit, images: declared.images });
  const settled = settleParents(declared, bases);
  if ('mistakes' in settled)
    throw wrong(settled.mistakes.map(({ path, message }) => declared.mistakeAt(path, message)));
  const { tags, branch } = declared;
  return { file, ...settled, rules: await rulesOf(repository, { commit, file }), tags, branch };
}

function isConfiguration(file: string): boolean {
  return /(?:^|\/)headway[^/]*\.ya?ml$/.test(file);
}

function fromSpec(text: string, file: string) {
  const reading = readSpec(text, { path: file });
  if ('mistakes' in reading) throw wrong(reading.mistakes);
  return { ...reading, tags: { by: 'branch', prefix: reading.prefix } as const, branch: undefined };
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
  return { images, roots: undefined, mistakeAt, tags: { by: 'commit' } as const, branch: found.branch };
}

type At = { readonly commit: string };

async function dockerfilesOf(
  repository: LocalRepository,
  { commit, images }: At & { readonly images: ImageTree },
) {
  const texts = await repository.files(commit, [...new Set(images.map(({ dockerfile }) => dockerfile))]);
  return new Map(
    images.flatMap(({ name, dockerfile }) => {
      const text = texts.get(dockerfile);
      return text === undefined ? [] : [[name, readDockerfileBases(text)] as const];
    }),
  );
}

/** `change_ignore.json` beside the file. A headway.yaml has no such thing: it is not what images are made of. */
async function rulesOf(repository: LocalRepository, { commit, file }: At & { readonly file: string }) {
  if (isConfiguration(file)) return { buildAll: [], ignore: [] };
  const folder = file.slice(0, Math.max(0, file.lastIndexOf('/')));
  const path = folder === '' ? 'change_ignore.json' : `${folder}/change_ignore.json`;
  const text = (await repository.files(commit, [path])).get(path);
  if (text === undefined) return changeRules(STACK_RULES, folder);
  try {
    return changeRules(ChangeIgnore.parse(JSON.parse(text)), folder);
  } catch {
    const message = `Cannot read "${path}": expected JSON such as {"BuildAll": ["tests_common"], "ChangeIgnore": []}`;
    throw failed(message);
  }
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
