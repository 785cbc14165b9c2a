import type { PromotedImage, Promotion } from '../../shared/domain/documents/promotion.ts';
import { judgeMoves, type Step } from '../../shared/domain/promotions/judge-steps.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import { advance } from './advance.ts';
import { foundElsewhere, namedBy, point } from './point.ts';
import { AT_ONCE, type Claimed, type Promote } from './promote.ts';
import { severalAtOnce } from './several-at-once.ts';

/** Points every target at the digest of its source; the first failure ends that, and all go back. */
export async function moveAll(its: Promote, claimed: Claimed): Promise<Promotion> {
  const { promotion, signal } = claimed;
  const steps = new Map<string, Step>();
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const open = promotion.images.filter(({ state }) => state === 'waiting');
  await severalAtOnce(open, { atOnce: AT_ONCE, signal: either }, async each => {
    const step = await move(its, claimed, each);
    steps.set(each.image, step);
    if (step.kind === 'failed') failure.abort();
  }).catch(error => {
    if (!failure.signal.aborted || signal.aborted) throw error;
  });
  return advance(its, claimed, found => judgeMoves(found, steps));
}

/** @throws only when the claim was lost meanwhile: then another worker goes on. */
async function move(
  its: Promote,
  { promotion: { to }, signal }: Claimed,
  each: PromotedImage,
): Promise<Step> {
  try {
    const present = await namedBy(its, each, to);
    // It was moved before the worker that moved it could record it.
    if (present === each.digest) return { kind: 'moved' };
    if (present !== each.before) return { kind: 'failed', reason: foundElsewhere(to, present) };
    signal.throwIfAborted();
    await point(its, { each, to, digest: each.digest, signal });
    return { kind: 'moved' };
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = its.redact(error instanceof Error ? error.message : String(error));
    // An undo of what was new: there is no other way, and the others need not stay for it.
    if (each.digest === undefined && cannotUntag(error)) return { kind: 'left', reason, found: each.before };
    return { kind: 'failed', reason };
  }
}

/** Whether the registry answered that it does not do such a thing, or not for us. */
function cannotUntag(error: unknown): boolean {
  if (!(error instanceof RegistryError) || error.temporary) return false;
  return error.status === 400 || error.status === 403 || error.status === 405;
}
