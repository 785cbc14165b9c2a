import type { Configuration, ImageConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import type { Checkout, Forge } from '../../shared/ports/forge.ts';
import { builds } from '../../shared/records/collections.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';

type FilesOf = {
  readonly records: Records;
  readonly forge: Forge;
  readonly configuration: Configuration;
};

/** Which files an image is built from. */
export type Origin = {
  readonly repo: string;
  readonly commit: CommitSha;
  /** The commit's time in milliseconds; nothing where the forge does not know it. */
  readonly epoch: number | undefined;
};
type Files = Origin & { readonly checkout: Checkout };

/**
 * The files that an image is built from: those of its commit, or, for an image that belongs to the commits of its
 * parent in another repo, those at the head of the tracked branch of its own. Which commit that was is on record from
 * the first try on, so that no later one takes another; a person who has it tried again has the head looked up again.
 */
export async function filesOf(its: FilesOf, build: Build, { source }: ImageConfiguration): Promise<Files> {
  const repo = source ?? build.repo;
  const commit = source === undefined ? build.commit : await sourceCommit(its, build, source);
  const facts = await its.forge.commit(repo, commit);
  const epoch = facts === undefined ? undefined : Date.parse(facts.committedAt);
  return { repo, commit, epoch, checkout: await its.forge.checkout(repo, commit) };
}

async function sourceCommit(
  { records, forge, configuration }: FilesOf,
  build: Build,
  source: string,
): Promise<CommitSha> {
  if (build.sourceCommit !== undefined) return build.sourceCommit;
  const branch = configuration.repos[source]?.branch ?? 'main';
  const head = await forge.head(source, branch);
  if (head === undefined) throw new BuildFailure(`repo "${source}" has no branch "${branch}"`);
  await records.transact({ found: refTo(builds, build.image, build.commit) }, ({ found }) => {
    const isOurs = found !== undefined && found.buildId === build.buildId;
    return { result: undefined, writes: isOurs ? [put(builds, { ...found, sourceCommit: head })] : [] };
  });
  return head;
}
