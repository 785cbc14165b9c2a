import type { PullRequest } from '../deliveries/pull-request.ts';
import type { Pull } from '../documents/pull.ts';
import type { Instant } from '../documents/waiting.ts';

export type PullVerdict =
  | { readonly kind: 'build'; readonly pull: Pull; readonly patch: number }
  | { readonly kind: 'closed'; readonly pull: Pull }
  /** What is known is newer by the forge's own clock. */
  | { readonly kind: 'overtaken' };

/**
 * What a pull request asks for. Its heads are numbered as they arrive, each once, so that what was built of one
 * keeps its name; told again, or late, it changes nothing.
 *
 * @param received when it was received, for a forge that tells no time
 */
export function judgePull(
  known: Pull | undefined,
  { repo, told, received }: { readonly repo: string; readonly told: PullRequest; readonly received: Instant },
): PullVerdict {
  const changedAt = told.updatedAt ?? received;
  if (known !== undefined && changedAt < known.changedAt) return { kind: 'overtaken' };
  const { number, title, base, headBranch, fork, head } = told;
  const about = { repo, number, title, base, headBranch, fork, changedAt };
  const heads = known?.heads ?? [];
  if (told.action === 'closed') {
    return { kind: 'closed', pull: { ...about, heads, patch: known?.patch, status: 'closed' } };
  }
  const place = heads.findIndex(({ sha }) => sha === head);
  const patch = place === -1 ? heads.length + 1 : place + 1;
  const all = place === -1 ? [...heads, { sha: head, at: received }] : heads;
  return { kind: 'build', patch, pull: { ...about, heads: all, patch, status: 'open' } };
}
