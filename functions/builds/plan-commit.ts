import { imagesOfRepo, trackedBranches } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Branch } from '../../shared/domain/documents/branch.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { type Change, skipWord } from '../../shared/domain/plans/change.ts';
import { type Plan, planImages } from '../../shared/domain/plans/plan-images.ts';
import { type BuildWish, wishesOf } from '../../shared/domain/plans/wishes.ts';
import { type Forge, MissingCommit } from '../../shared/ports/forge.ts';
import type { ReadTree, TreeAtCommit } from '../../shared/ports/trees.ts';
import { branches } from '../../shared/records/collections.ts';
import { type Records, refTo } from '../../shared/records/records.ts';
import { changesTo } from './changes-to.ts';
import { findBases } from './find-bases.ts';
import { ownReasons } from './own-reasons.ts';
import { tagOfBranch } from './tag-of-branch.ts';

export type PlanCommit = {
  readonly records: Records;
  readonly forge: Forge;
  readonly tree: ReadTree;
  readonly configuration: Configuration;
};
export type CommitToPlan = {
  readonly repo: string;
  readonly commit: CommitSha;
  readonly branch: string;
  /** The branch as it is known; nothing before its first push. */
  readonly known: Branch | undefined;
  /** The pushed commit's message as far as the push told it. */
  readonly message?: string | undefined;
  /** Of a pull request, which is compared with the branch that it is for. */
  readonly title?: string | undefined;
  readonly base?: CommitSha | undefined;
};
export type CommitPlan = {
  readonly wishes: readonly BuildWish[];
  readonly skippedBy?: string | undefined;
  readonly branchTag?: string | undefined;
  /** What the commit itself declares, where the repo does so. */
  readonly tree?: TreeAtCommit | undefined;
};

/**
 * What a commit calls for. Where everything is built whatever changed, nobody is asked what did.
 *
 * @throws {PermanentError} when its own file, or the name of its branch, cannot be used.
 * What passes by itself is thrown as it is: so that a push may come before its forge can show the commit.
 */
export async function planCommit(its: PlanCommit, asked: CommitToPlan): Promise<CommitPlan> {
  try {
    return await planOf(its, asked);
  } catch (error) {
    if (!(error instanceof MissingCommit)) throw error;
    const { repo, commit } = asked;
    const message = `Cannot plan commit ${commit} of repo "${repo}": the forge does not know it yet`;
    throw new Error(message, { cause: error });
  }
}

async function planOf(its: PlanCommit, asked: CommitToPlan): Promise<CommitPlan> {
  const { configuration } = its;
  const { repo, branch, message, title } = asked;
  const settings = configuration.repos[repo];
  const isTracked = title === undefined && trackedBranches(configuration, repo).has(branch);
  const isDefault = isTracked && settings?.builds.plan === 'everything';
  if (settings?.stack === undefined && settings?.branchTags === undefined && isDefault) {
    const messages = message === undefined ? [] : [message];
    const skippedBy = skipWord({ branch, isDefault, isFirst: false, messages, files: undefined });
    if (skippedBy !== undefined) return { wishes: [], skippedBy };
    return { wishes: everything(configuration, asked, await its.tree(repo, asked.commit)) };
  }
  const tree = await its.tree(repo, asked.commit);
  const tag = title === undefined ? await tagOfBranch(its, asked, tree.prefix) : undefined;
  const { bases, plan } = await makePlan(its, { ...asked, tree, isDefault });
  const others = title === undefined ? ofOthers(configuration, repo, tree) : [];
  const wishes = [...standingOnOthers(configuration, wishesOf(plan, { ...tree, bases })), ...others];
  return {
    wishes: plan.skippedBy === undefined ? wishes : [],
    skippedBy: plan.skippedBy,
    branchTag: tag,
    tree: settings?.stack === undefined ? undefined : tree,
  };
}

function everything(
  configuration: Configuration,
  { repo, branch }: CommitToPlan,
  tree: TreeAtCommit,
): BuildWish[] {
  const plan: Plan = {
    builds: tree.images.map(image => ({ image, reasons: [{ kind: 'default branch', branch }] })),
    kept: [],
  };
  const wishes = wishesOf(plan, { ...tree, bases: new Map() });
  return [...standingOnOthers(configuration, wishes), ...ofOthers(configuration, repo, tree)];
}

/** A parent that others build is in no tree, and is waited for all the same. */
function standingOnOthers({ images }: Configuration, wishes: readonly BuildWish[]): BuildWish[] {
  return wishes.map(wish => {
    const declared = wish.recipe === undefined ? images[wish.image]?.parent : undefined;
    if (declared === undefined || declared === wish.parent) return wish;
    const { parent, parents = [] } = wish;
    return {
      ...wish,
      parent: declared,
      ...(parent !== undefined && { parents: [parent, ...parents] }),
    };
  });
}

/** What others build of the commit: their notices are waited for. */
function ofOthers(configuration: Configuration, repo: string, { images }: TreeAtCommit): BuildWish[] {
  const ours = new Set(images.map(({ name }) => name));
  return imagesOfRepo(configuration, repo)
    .filter(image => !ours.has(image) && configuration.images[image]?.builder === 'none')
    .map(image => ({ image, parent: configuration.images[image]?.parent, reasons: ['others build it'] }));
}

type Planning = CommitToPlan & { readonly tree: TreeAtCommit; readonly isDefault: boolean };

async function makePlan(its: PlanCommit, asked: Planning) {
  const { repo, commit, branch, known, message, title, tree, isDefault } = asked;
  const { builds } = its.configuration.repos[repo] ?? {};
  const changes = changesTo(its.forge, { repo, to: commit });
  const reuses = known === undefined && builds?.parents === 'reuse';
  const tracked = reuses ? await trackedHead(its, repo) : undefined;
  const since = asked.base ?? known?.planned ?? tracked;
  const bases = await findBases(
    its.records,
    since,
    tree.images.map(({ name }) => name),
  );
  const main = since === undefined ? undefined : await changes(since);
  const told = main?.messages.length ? main.messages : message === undefined ? [] : [message];
  const change: Change = {
    branch,
    isDefault,
    isFirst: since === undefined || (known === undefined && !reuses && asked.base === undefined),
    messages: told,
    title,
    files: since === undefined ? undefined : (main?.files ?? []),
  };
  const own = await ownReasons(tree, { bases, since, changes });
  const plan = planImages({
    images: tree.images,
    change,
    rules: tree.rules,
    tag: commit,
    parents: builds?.parents,
    own,
  });
  return { bases, plan };
}

async function trackedHead({ records, configuration }: PlanCommit, repo: string) {
  const branch = configuration.repos[repo]?.branch;
  return branch === undefined ? undefined : (await records.get(refTo(branches, repo, branch)))?.planned;
}
