import type { Configuration, RepoConfiguration } from '../domain/configuration/schema.ts';
import type { CommitSha } from '../domain/names/commit-sha.ts';
import { PermanentError } from '../domain/permanent-error.ts';
import { recipeOfSpec } from '../domain/stacks/recipe-of-spec.ts';
import type { Forge } from '../ports/forge.ts';
import type { ReadTree, TreeAtCommit } from '../ports/trees.ts';
import { formatMistakes } from '../runtime/configuration/format-mistakes.ts';
import { configuredTree, declaredTree, type FilesAtCommit } from './declared-tree.ts';

type Workings = { readonly forge: Pick<Forge, 'files'>; readonly configuration: Configuration };
type At = { readonly repo: string; readonly commit: CommitSha };
type StackSettings = NonNullable<RepoConfiguration['stack']>;

/** Reads the images of a repo from its own `spec.yml` where it has one, else from the configuration. */
export function createReadTree({ forge, configuration }: Workings): ReadTree {
  return async (repo, commit) => {
    const files: FilesAtCommit = paths => forge.files(repo, commit, paths);
    const stack = configuration.repos[repo]?.stack;
    if (stack !== undefined) return readStack(configuration, { repo, commit, stack, files });
    const tree = await configuredTree({ configuration, repo }, files);
    if ('mistakes' in tree) {
      throw wrong(
        commit,
        tree.mistakes.map(({ path, message }) => `${path.join('.')}: ${message}`),
      );
    }
    return { ...tree, recipes: new Map(), prefix: undefined };
  };
}

async function readStack(
  configuration: Configuration,
  { repo, commit, stack, files }: At & { readonly stack: StackSettings; readonly files: FilesAtCommit },
): Promise<TreeAtCommit> {
  const { file: path, repositories } = stack;
  const text = (await files([path])).get(path);
  if (text === undefined) {
    throw new PermanentError(`Cannot find out what is built: commit ${short(commit)} has no "${path}"`);
  }
  const tree = await declaredTree({ path, text, repositories }, files);
  if ('mistakes' in tree) throw wrong(commit, formatMistakes(tree.mistakes).split('\n'));
  const { spec, images, rules, prefix, remarks } = tree;
  const { buildAll = [], ignore = [] } = configuration.repos[repo]?.builds ?? {};
  return {
    images,
    recipes: new Map(images.map(({ name }) => [name, recipeOfSpec(spec, name, { repo, stack })] as const)),
    rules: { buildAll: [...rules.buildAll, ...buildAll], ignore: [...rules.ignore, ...ignore] },
    prefix,
    remarks,
  };
}

function wrong(commit: CommitSha, mistakes: readonly string[]): PermanentError {
  const count = mistakes.length === 1 ? 'there is 1 mistake' : `there are ${mistakes.length} mistakes`;
  return new PermanentError(
    `Cannot tell what is built at commit ${short(commit)}, since ${count}\n${mistakes.join('\n')}`,
  );
}

function short(commit: string): string {
  return commit.slice(0, 7);
}
