import type { Change } from '../../../shared/domain/plans/change.ts';
import { type Plan, type PlanInput, planImages } from '../../../shared/domain/plans/plan-images.ts';
import { branchTag, wouldCollide } from '../../../shared/domain/tree/branch-tag.ts';
import type { ImageTree } from '../../../shared/domain/tree/image-tree.ts';
import type { Remark } from '../../../shared/domain/tree/settle-parents.ts';
import type { Registry } from '../../../shared/ports/registry.ts';
import { pushedTo } from '../build/places.ts';
import { CommandError, exitCodes } from '../command.ts';
import { askRegistry, type Question } from './ask-registry.ts';
import { type LoadedTree, loadTree } from './load-tree.ts';
import type { LocalRepository } from './repository.ts';

export type PlanOptions = {
  readonly commit?: string | undefined;
  readonly base?: string | undefined;
  readonly branch?: string | undefined;
  readonly file?: string | undefined;
  readonly repo?: string | undefined;
  readonly full?: boolean | undefined;
  readonly parents?: 'rebuild' | 'reuse' | undefined;
  /** Each image is `PREFIX/NAME`, wherever the file says. */
  readonly pushTo?: string | undefined;
  /** Asked for images under their tags; nobody is asked when absent. */
  readonly registry?: Pick<Registry, 'head'> | undefined;
  /** The exact images that an image there says it was built from. */
  readonly bases?: Question['bases'];
};

export type PlanReport = {
  readonly file: string;
  readonly commit: string;
  /** What it was compared with; nothing where there is nothing before it. */
  readonly base: string | undefined;
  readonly branch: string;
  /** What the images are pushed under. */
  readonly tag: string;
  readonly commits: number;
  readonly files: number;
  readonly images: ImageTree;
  readonly plan: Plan;
  /** How an image is built and tested, by its name. */
  readonly recipe: LoadedTree['recipe'];
  readonly remarks: readonly Remark[];
  /** Further sentences for people. */
  readonly notes: readonly string[];
};

/** What a commit of a local repository calls for. @throws {CommandError} when that cannot be told. */
export async function makePlan(repository: LocalRepository, options: PlanOptions): Promise<PlanReport> {
  const commit = await commitNamed(repository, options.commit ?? 'HEAD');
  const tree = await loadTree(repository, { commit, file: options.file, repo: options.repo });
  const branch = options.branch ?? (await repository.currentBranch());
  if (branch === undefined)
    throw failed('Cannot tell the branch: none is checked out; name it with --branch');
  const main = tree.branch ?? (await repository.defaultBranch()) ?? branch;
  const base = await baseOf(repository, {
    commit,
    wanted: options.base,
    main: branch === main ? undefined : main,
  });
  const files = base === undefined ? undefined : await repository.changedFiles(base, commit);
  const messages = await repository.messages(base, commit);
  const isDefault = tree.builtWhole?.has(branch) ?? branch === main;
  const change: Change = { branch, isDefault, isFirst: false, messages, files, wantsAll: options.full };
  const named = await tagsOf(repository, { tree, commit, base, branch, main });
  const { tag, lookUp, reuseTag } = named;
  const { rules } = tree;
  const parents = options.parents ?? tree.parents;
  const images = pushedTo(options.pushTo, tree.images);
  const input = { images, change, rules, tag: lookUp ?? tag, parents, reuseTag };
  const known = await whatIsThere(planImages(input), { ...options, lookUp, reuseTag, parents });
  return {
    file: tree.file,
    commit,
    base,
    branch,
    tag,
    commits: base === undefined ? 1 : messages.length,
    files: files?.length ?? 0,
    images,
    plan: planImages({ ...input, ...known }),
    remarks: tree.remarks,
    recipe: tree.recipe,
    notes: [
      ...named.notes,
      ...(options.registry === undefined ? ['the registry was not asked what is missing'] : []),
    ],
  };
}

type Asking = Pick<PlanOptions, 'registry' | 'bases' | 'parents'> & {
  readonly lookUp: string | undefined;
  readonly reuseTag: string | undefined;
};

/** Of the images that nothing speaks for yet. */
async function whatIsThere(
  { kept, skippedBy }: Plan,
  { registry, bases, parents, lookUp, reuseTag }: Asking,
): Promise<Pick<PlanInput, 'published' | 'reusable'>> {
  if (registry === undefined || lookUp === undefined || skippedBy !== undefined) return {};
  const images = kept.map(({ image }) => image);
  const published = await askRegistry(images, { tag: lookUp, registry, bases });
  if (reuseTag === undefined || parents !== 'reuse') return { published };
  const missing = images.filter(({ name }) => published.get(name)?.kind === 'missing');
  return { published, reusable: await askRegistry(missing, { tag: reuseTag, registry }) };
}

async function commitNamed(repository: LocalRepository, name: string): Promise<string> {
  const commit = await repository.commit(name);
  if (commit === undefined)
    throw failed(`Cannot find commit "${name}" in this repository: fetch it, or name another`);
  return commit;
}

type Comparing = {
  readonly commit: string;
  readonly wanted: string | undefined;
  /** The default branch, where another one is looked at. */
  readonly main: string | undefined;
};

/** What was named; else where the branch left the default branch; on that itself, the commit before. */
async function baseOf(repository: LocalRepository, { commit, wanted, main }: Comparing) {
  if (wanted !== undefined) return commitNamed(repository, wanted);
  for (const name of main === undefined ? [] : [`refs/heads/${main}`, `refs/remotes/origin/${main}`]) {
    const head = await repository.commit(name);
    const base = head === undefined ? undefined : await repository.mergeBase(head, commit);
    if (base !== undefined) return base === commit ? repository.commit(`${commit}^`) : base;
  }
  return repository.commit(`${commit}^`);
}

type Naming = {
  readonly tree: LoadedTree;
  readonly commit: string;
  readonly base: string | undefined;
  readonly branch: string;
  readonly main: string;
};

/** Images that carry their commit are looked for under the commit before: what is new cannot be there yet. */
async function tagsOf(repository: LocalRepository, { tree, commit, base, branch, main }: Naming) {
  const { tags } = tree;
  if (tags.by === 'commit') return { tag: commit, lookUp: base, reuseTag: undefined, notes: [] };
  const others = await repository.branches();
  const earlier = others.filter(other => wouldCollide(other, branch) && comesFirst(other, branch));
  const named = branchTag(branch, { prefix: tags.prefix, earlier });
  if (named.kind === 'refused') throw failed(named.reason);
  const reuse = branchTag(main, { prefix: tags.prefix });
  return {
    tag: named.tag,
    lookUp: named.tag,
    reuseTag: reuse.kind === 'tag' && branch !== main ? reuse.tag : undefined,
    notes: named.note === undefined ? [] : [named.note],
  };
}

/** Which of two was there first is not known here: the one that is spelt like the tag, else by the alphabet. */
function comesFirst(a: string, b: string): boolean {
  const isPlain = (branch: string) => /^[\w.-]*$/.test(branch);
  return isPlain(a) === isPlain(b) ? a < b : isPlain(a);
}

function failed(message: string): CommandError {
  return new CommandError(message, exitCodes.failed);
}
