import { readAllBases } from '../adapters/builders/dockerfile-bases.ts';
import type { Configuration, RepoConfiguration } from '../domain/configuration/schema.ts';
import type { CommitSha } from '../domain/names/commit-sha.ts';
import { PermanentError } from '../domain/permanent-error.ts';
import type { ChangeRules } from '../domain/plans/change-rules.ts';
import { recipeOfSpec } from '../domain/stacks/recipe-of-spec.ts';
import { settleParents } from '../domain/tree/settle-parents.ts';
import { treeOfConfiguration } from '../domain/tree/tree-of-configuration.ts';
import type { Forge } from '../ports/forge.ts';
import type { ReadTree, TreeAtCommit } from '../ports/trees.ts';
import { formatMistakes } from '../runtime/configuration/format-mistakes.ts';
import { changeRulesPath, readChangeRules } from '../runtime/configuration/read-change-rules.ts';
import type { Mistake } from '../runtime/configuration/read-configuration.ts';
import { readSpec } from '../runtime/configuration/read-spec.ts';

type Workings = { readonly forge: Forge; readonly configuration: Configuration };
type StackSettings = NonNullable<RepoConfiguration['stack']>;
type At = { readonly repo: string; readonly commit: CommitSha; readonly stack: StackSettings };

/** Reads the images of a repo from its own `spec.yml` where it has one, else from the configuration. */
export function createReadTree(its: Workings): ReadTree {
  return async (repo, commit) => {
    const settings = its.configuration.repos[repo];
    const stack = settings?.stack;
    if (stack !== undefined) return readStack(its, { repo, commit, stack });
    const { buildAll = [], ignore = [] } = settings?.builds ?? {};
    return {
      images: treeOfConfiguration(its.configuration, repo),
      recipes: new Map(),
      rules: { buildAll, ignore },
      prefix: undefined,
      remarks: [],
    };
  };
}

async function readStack({ forge, configuration }: Workings, at: At): Promise<TreeAtCommit> {
  const { repo, commit, stack } = at;
  const text = (await forge.files(repo, commit, [stack.file])).get(stack.file);
  if (text === undefined) {
    throw new PermanentError(`Cannot find out what is built: commit ${short(commit)} has no "${stack.file}"`);
  }
  const reading = readSpec(text, { path: stack.file });
  if ('mistakes' in reading) throw wrong(at, reading.mistakes);
  const recipes = new Map(
    reading.images.map(({ name }) => [name, recipeOfSpec(reading.spec, name, { repo, stack })] as const),
  );
  const images = reading.images.map(image => ({
    ...image,
    repository: recipes.get(image.name)?.repository ?? image.repository,
  }));
  const dockerfiles = await forge.files(repo, commit, [...new Set(images.map(image => image.dockerfile))]);
  const bases = readAllBases(images, dockerfiles);
  const settled = settleParents({ images, roots: reading.roots }, bases);
  if ('mistakes' in settled) {
    throw wrong(
      at,
      settled.mistakes.map(({ path, message }) => reading.mistakeAt(path, message)),
    );
  }
  const { buildAll = [], ignore = [] } = configuration.repos[repo]?.builds ?? {};
  const rules = await rulesOf(forge, at);
  return {
    ...settled,
    recipes,
    rules: { buildAll: [...rules.buildAll, ...buildAll], ignore: [...rules.ignore, ...ignore] },
    prefix: reading.prefix,
  };
}

async function rulesOf(forge: Forge, { repo, commit, stack }: At): Promise<ChangeRules> {
  const path = changeRulesPath(stack.file);
  const text = (await forge.files(repo, commit, [path])).get(path);
  const reading = readChangeRules(text, { specPath: stack.file });
  if ('problem' in reading) throw new PermanentError(`${reading.problem} (commit ${short(commit)})`);
  return reading.rules;
}

function wrong({ commit }: At, mistakes: readonly Mistake[]): PermanentError {
  const count = mistakes.length === 1 ? 'there is 1 mistake' : `there are ${mistakes.length} mistakes`;
  const text = formatMistakes(mistakes);
  return new PermanentError(`Cannot tell what is built at commit ${short(commit)}, since ${count}\n${text}`);
}

function short(commit: string): string {
  return commit.slice(0, 7);
}
