import type { PromotedImage, Promotion } from '../../shared/domain/documents/promotion.ts';
import { judgeReturns, type Step, touchedImages } from '../../shared/domain/promotions/judge-steps.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import { advance } from './advance.ts';
import { foundElsewhere, namedBy, point } from './point.ts';
import { AT_ONCE, type Claimed, type Promote } from './promote.ts';
import { severalAtOnce } from './several-at-once.ts';

/** A refusal to say what a tag names may be one of the moment: it is believed after so many tries, two minutes. */
const TRIES = 8;

/**
 * Points every target at what it named before. What the registry refuses for good is left, with its reason.
 *
 * @throws what may pass by itself, after everything else is back and recorded: the next run does the rest.
 */
export async function goBack(its: Promote, claimed: Claimed): Promise<Promotion> {
  const { promotion, signal } = claimed;
  const steps = new Map<string, Step>();
  const passing: unknown[] = [];
  await severalAtOnce(touchedImages(promotion), { atOnce: AT_ONCE, signal }, async each => {
    try {
      steps.set(each.image, await bringBack(its, claimed, each));
    } catch (error) {
      if (signal.aborted) throw error;
      if (isRefusal(error) && promotion.attempts + 1 >= TRIES)
        steps.set(each.image, unseen(its, each, error));
      else passing.push(error);
    }
  });
  const next = await advance(its, claimed, found => judgeReturns(found, steps));
  if (passing.length > 0) throw passing[0];
  return next;
}

async function bringBack(
  its: Promote,
  { promotion: { to }, signal }: Claimed,
  each: PromotedImage,
): Promise<Step> {
  const present = await namedBy(its, each, to);
  if (present === each.before) return { kind: 'as before' };
  if (present !== each.digest) return { kind: 'left', reason: foundElsewhere(to, present), found: present };
  signal.throwIfAborted();
  try {
    await point(its, { each, to, digest: each.before, signal });
    return { kind: 'as before' };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // An answer may be wrong about what was done.
    const found = await namedBy(its, each, to);
    return found === each.before
      ? { kind: 'as before' }
      : { kind: 'left', reason: its.redact(error.message), found };
  }
}

/** Nobody can tell whose it is by now, so nobody touches it. */
function unseen(its: Promote, { after }: PromotedImage, { message }: RegistryError): Step {
  return { kind: 'left', reason: its.redact(message), found: after };
}

function isRefusal(error: unknown): error is RegistryError {
  return error instanceof RegistryError && !error.temporary;
}
