import type { Branch } from '../../shared/domain/documents/branch.ts';
import type { ForgeFacts, HeadMove } from '../../shared/domain/pushes/judge-push.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { CommitOrder } from '../../shared/records/commit-order.ts';

type AskForge = { readonly forge: Forge; readonly order: CommitOrder };
type Doubt = { readonly known: Branch | undefined; readonly push: HeadMove; readonly now: number };

/** What the forge says of a push that leaves a doubt; nothing where it cannot say anything. */
export async function askForge(
  { forge, order }: AskForge,
  { known, push, now }: Doubt,
): Promise<ForgeFacts | undefined> {
  if (known === undefined) return undefined;
  const { repo, branch, head } = known;
  const forgeHead = await forge.head(repo, branch);
  if (forgeHead === undefined) return undefined;
  const toForgeHead = (await order({ repo, a: push.after, b: forgeHead })).relation;
  const toKnownHead = await order({ repo, a: push.after, b: head });
  const mayBeGone = toKnownHead.relation === 'unknown' && isReplaced(known, { push, now });
  if (mayBeGone && (await forge.commit(repo, head)) === undefined) {
    return { toForgeHead, toKnownHead: { relation: 'diverged' }, knownToForgeHead: 'diverged' };
  }
  const knownToForgeHead = (await order({ repo, a: head, b: forgeHead })).relation;
  return { toKnownHead, toForgeHead, knownToForgeHead };
}

/** A push may outrun what its forge tells of it by seconds, and by minutes where something is wrong. */
const SETTLED_MS = 60 * 60_000;

/** Whether a head that the forge cannot show is one that was given up, rather than one that it cannot show yet. */
function isReplaced({ head, updatedAt }: Branch, { push, now }: Omit<Doubt, 'known'>): boolean {
  return (push.forced && push.before === head) || Date.parse(updatedAt) + SETTLED_MS < now;
}
