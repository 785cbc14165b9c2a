import type { ReferencesSummary } from '../../../domain/manifests/summary.ts';
import type { CommitSha } from '../../../domain/names/commit-sha.ts';
import { type ImageReference, repositoryName } from '../../../domain/names/image-reference.ts';
import type { Observation } from '../../../ports/target.ts';
import type { BranchReader } from './branch-reader.ts';
import { heldProposal } from './land-pull.ts';
import { readProposal } from './proposal.ts';
import type { Pull, Pulls } from './pulls/pulls.ts';

/** For how many milliseconds the forge is not asked again about a branch that did not move. */
const FRESH = 15_000;

/** What a pull request says of an image beyond what the branch says: nothing, unless it is to change it. */
export function createProposalObserver({
  branch,
  proposed,
  pulls,
}: {
  readonly branch: BranchReader;
  readonly proposed: string;
  readonly pulls: Pulls;
}) {
  let known:
    | { readonly tip: CommitSha; readonly at: number; readonly pull: Promise<Pull | undefined> }
    | undefined;

  /** Many services of one pull request are one question. */
  function find(tip: CommitSha): Promise<Pull | undefined> {
    const now = performance.now();
    if (known?.tip === tip && now - known.at < FRESH) return known.pull;
    const pull = pulls.find({ head: proposed, base: branch.name });
    known = { tip, at: now, pull };
    pull.catch(() => {
      known = undefined;
    });
    return pull;
  }

  return async (
    image: ImageReference,
    { head, summary }: { readonly head: CommitSha; readonly summary: ReferencesSummary },
  ): Promise<Observation | undefined> => {
    if (summary.state === 'held' || summary.state === 'absent') return undefined;
    const proposal = await readProposal(branch.mirror, { branch: proposed, head });
    const pending = proposal.pending.find(({ repository }) => repository === repositoryName(image));
    if (proposal.tip === undefined || pending === undefined) return undefined;
    if (summary.state === 'running' && summary.digest === pending.digest) return undefined;
    const pull = await find(proposal.tip);
    const reason = heldProposal({ ...image, digest: pending.digest }, { proposal, pull, proposed });
    if (reason !== undefined) return { state: 'held', reason };
    if (pull?.state !== 'open') return undefined;
    return { state: 'updating', reason: `pull request ${pull.url} is to be merged` };
  };
}
