import { type DeployedImage, imagesOf } from '../../../domain/manifests/deploy-message.ts';
import type { CommitSha } from '../../../domain/names/commit-sha.ts';
import { branchRef } from '../../git/branch-ref.ts';
import type { Mirror } from '../../git/mirror.ts';

/** The branch of the pull request, as it is at the remote. */
export type Proposal = {
  /** Its newest commit; nothing when there is no such branch. */
  readonly tip: CommitSha | undefined;
  /** Whether it is exactly one commit ahead of the branch that it is for, as headway leaves it. */
  readonly isFresh: boolean;
  /** What it would deploy, and is not on the branch yet. */
  readonly pending: readonly DeployedImage[];
  /** A person has pushed to it. */
  readonly isTakenOver: boolean;
};

/** @param head the newest commit of the branch that the proposal is for. */
export async function readProposal(
  mirror: Mirror,
  { branch, head }: { readonly branch: string; readonly head: CommitSha },
): Promise<Proposal> {
  const ref = branchRef(branch);
  const doing = `read branch "${branch}"`;
  const found = await mirror.run(['rev-parse', '--verify', '--quiet', ref], { doing });
  if (found.code !== 0) return { tip: undefined, isFresh: false, pending: [], isTakenOver: false };
  const tip = found.stdout.toString().trim();
  // Merges only bring the proposal up to date, as by the forge's own button.
  const args = ['log', '--no-show-signature', '--no-merges', '--format=%P%n%B%x00', `${head}..${tip}`];
  const commits = (await mirror.read(args, { doing })).split('\0').filter(commit => commit.trim() !== '');
  const messages = commits.map(commit => commit.trimStart()).map(text => imagesOf(text));
  const byRepository = new Map(
    messages.toReversed().flatMap(images => images.map(one => [one.repository, one])),
  );
  const [only = ''] = commits;
  return {
    tip,
    isFresh: commits.length === 1 && only.trimStart().startsWith(`${head}\n`),
    pending: [...byRepository.values()],
    isTakenOver: messages.some(images => images.length === 0),
  };
}
