import { type DeployedImage, deployMessage } from '../../../domain/manifests/deploy-message.ts';
import { parseImageReference, repositoryName } from '../../../domain/names/image-reference.ts';
import { PermanentError } from '../../../domain/permanent-error.ts';
import type { Log } from '../../../ports/log.ts';
import type { Answer } from '../../../ports/target.ts';
import { branchRef } from '../../git/branch-ref.ts';
import { type Author, commitFiles } from '../../git/commit-files.ts';
import { push, removeBranch } from '../../git/push.ts';
import { answerOrder } from './answers.ts';
import type { BranchReader } from './branch-reader.ts';
import type { Answers, Land } from './branch-writer.ts';
import { deployedImage, editManifests, type FilesOrder, matchesSome } from './edits.ts';
import { bytesOf } from './manifest-tree.ts';
import { type Proposal, readProposal } from './proposal.ts';
import type { Pull, Pulls } from './pulls/pulls.ts';

export type PullLanding = {
  /** Where the merged changes are to go. */
  readonly branch: BranchReader;
  /** The branch of the pull request: headway's own. */
  readonly proposed: string;
  readonly pulls: Pulls;
  readonly files: readonly string[];
  readonly author: Author;
  readonly log: Log;
};

/**
 * Puts all that is not on the branch yet into one commit on headway's own branch, on top of the newest of what it
 * is for, and keeps one pull request open for it.
 */
export function createPullLanding({ branch, proposed, pulls, files, author, log }: PullLanding): Land {
  const branches = { head: proposed, base: branch.name };

  return async (orders, { head, signal }) => {
    const [proposal, pull] = await Promise.all([
      readProposal(branch.mirror, { branch: proposed, head }),
      pulls.find(branches),
    ]);
    const refused = refusals(orders, { proposal, pull, proposed });
    const accepted = orders.filter(order => !refused.has(order));
    if (accepted.length === 0) return refused;
    const open = pull?.state === 'open' ? pull : undefined;
    const others = open === undefined ? [] : pendingBesides(accepted, proposal, files);
    const manifests = await branch.read(head, path => matchesSome(path, files));
    const written = await branch.written(head);
    const all: readonly FilesOrder[] = [...accepted, ...others];
    const { changed, judged } = editManifests(manifests, { orders: all, written });
    signal.throwIfAborted();
    const images = [...judged].flatMap(deployedImage);
    const answer = (note: string): Answers<(typeof orders)[number]> => {
      const given = accepted.map(order => {
        const references = judged.get(order) ?? [];
        return [order, answerOrder(order, { references, branch, note })] as const;
      });
      return new Map([...refused, ...given]);
    };
    if (changed.length === 0) {
      await withdraw(open, proposal);
      return answer(`branch ${branch.name} says so already`);
    }
    const message = deployMessage(images);
    const isThere = open !== undefined && proposal.isFresh && sameImages(images, proposal.pending);
    if (!isThere) {
      const commit = { parent: head, message, author, files: bytesOf(changed) };
      if (!(await replace(proposal, { commit, signal }))) return undefined;
    }
    const { url } = await propose(open, message);
    return answer(`pull request ${url}`);
  };

  /** Makes the commit all of the proposed branch. @returns false when somebody else was faster. */
  async function replace(
    { tip = '' }: Proposal,
    { commit, signal }: { readonly commit: Parameters<typeof commitFiles>[1]; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const { url, mirror } = branch;
    const { sha, drop } = await commitFiles(mirror, commit);
    const how = { url, ref: branchRef(proposed), parent: tip, commit: sha, signal };
    const pushed = await push(mirror, how).finally(drop);
    log.info('Manifests proposed', { url, branch: proposed, commit: sha, outcome: pushed.kind });
    if (pushed.kind !== 'refused') return pushed.kind === 'landed';
    throw new PermanentError(
      `Cannot push to branch "${proposed}" of "${url}": the remote says "${pushed.reason}"`,
    );
  }

  /** The pull request says what its commit says. */
  async function propose(open: Pull | undefined, message: string): Promise<Pull> {
    const [title = '', ...lines] = message.split('\n');
    const text = { title, body: lines.join('\n').trim() };
    if (open === undefined) return await pulls.open(branches, text);
    if (open.title !== text.title || open.body.trim() !== text.body) await pulls.update(open.number, text);
    return open;
  }

  /** Nothing is left that the pull request would change. */
  async function withdraw(open: Pull | undefined, { tip }: Proposal): Promise<void> {
    if (open === undefined || tip === undefined) return;
    await pulls.close(open.number);
    await removeBranch(branch.mirror, { url: branch.url, ref: branchRef(proposed), tip });
  }
}

/** A person's word: a pull request that was closed means no to its digests, and a branch with others' commits is theirs. */
function refusals<O extends FilesOrder>(
  orders: readonly O[],
  {
    proposal,
    pull,
    proposed,
  }: { readonly proposal: Proposal; readonly pull: Pull | undefined; readonly proposed: string },
): Map<O, Answer> {
  return new Map(
    orders.flatMap(order => {
      const reason = heldProposal(order.order.image, { proposal, pull, proposed });
      return reason === undefined ? [] : [[order, { kind: 'held', reason }] as const];
    }),
  );
}

/** Why a person keeps a digest from being proposed; nothing when nobody does. */
export function heldProposal(
  image: FilesOrder['order']['image'],
  {
    proposal,
    pull,
    proposed,
  }: { readonly proposal: Proposal; readonly pull: Pull | undefined; readonly proposed: string },
): string | undefined {
  if (proposal.isTakenOver && pull?.state !== 'merged')
    return `a person has pushed to branch "${proposed}"; merge or delete it`;
  const isProposed = proposal.pending.some(
    ({ repository, digest }) => repository === repositoryName(image) && digest === image.digest,
  );
  if (pull?.state !== 'closed' || !isProposed) return undefined;
  return `pull request ${pull.url} was closed without merging; reopen it, or delete branch "${proposed}" to have it proposed anew`;
}

/** What the pull request holds already of other images, as orders. */
function pendingBesides(
  orders: readonly FilesOrder[],
  { pending }: Proposal,
  files: readonly string[],
): FilesOrder[] {
  const own = new Set(orders.map(({ order }) => repositoryName(order.image)));
  return pending.flatMap(({ service, repository, digest, commit }) => {
    const image = parseImageReference(repository);
    if (image === undefined || own.has(repository)) return [];
    const order = { name: service, image: { ...image, digest }, ...(commit !== undefined && { commit }) };
    return [{ order, files }];
  });
}

function sameImages(a: readonly DeployedImage[], b: readonly DeployedImage[]): boolean {
  const texts = (images: readonly DeployedImage[]) =>
    images
      .map(({ repository, digest }) => `${repository}@${digest}`)
      .sort()
      .join();
  return texts(a) === texts(b);
}
