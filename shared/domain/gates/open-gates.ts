import { instant } from '../claims.ts';
import type { GateConfiguration } from '../configuration/gates.ts';
import type { GateResult, GateStanding } from '../documents/gate.ts';
import type { PromotedImage, Promotion } from '../documents/promotion.ts';
import { isWayBack } from '../promotions/way-back.ts';
import { isValid } from './gate-results.ts';
import { approvalOf } from './judge-approval.ts';

export type NamedGate = {
  readonly name: string;
  /** Nothing where the configuration does not know it (any more). */
  readonly settings: GateConfiguration | undefined;
};
type Known = {
  readonly gates: readonly NamedGate[];
  readonly results: readonly GateResult[];
  readonly now: number;
};

/**
 * Puts its gates before a promotion whose sources were read: for each image that would move each gate that is about
 * it, with the results that are at hand. Nothing moves until all have passed. The way back is never held up: it has
 * no gates. A dry run is told which would be asked.
 */
export function openGates(promotion: Promotion, known: Known): Promotion {
  const { phase } = promotion;
  if ((phase !== 'moving' && phase !== 'rehearsed') || isWayBack(promotion)) return promotion;
  const open = promotion.images.filter(({ state }) => state === 'waiting' || state === 'would move');
  const gates =
    open.length === 0 ? [] : known.gates.flatMap(gate => standingsOf(promotion, open, { ...known, gate }));
  if (gates.length === 0) return promotion;
  const isHeld = phase === 'moving' && gates.some(isOpen);
  return { ...promotion, gates, phase: isHeld ? 'gated' : phase };
}

/** Whether a gate still holds the tag back, without having failed. */
export function isOpen({ state }: GateStanding): boolean {
  return state === 'open' || state === 'waiting' || state === 'blocked';
}

function standingsOf(
  promotion: Promotion,
  open: readonly PromotedImage[],
  { gate: { name: gate, settings }, results, now }: Known & { readonly gate: NamedGate },
): GateStanding[] {
  const at = instant(now);
  const skip = promotion.skips?.find(skip => skip.gate === gate);
  const fresh = (): GateStanding =>
    skip === undefined
      ? { gate, state: 'open' }
      : { gate, state: 'skipped', reason: `${promotion.by} said so: ${skip.why}`, at };
  const approval = settings && approvalOf(settings, now);
  if (approval !== undefined) return [{ ...fresh(), approval }];
  const asked = settings !== undefined && 'images' in settings ? settings.images : undefined;
  return open
    .filter(({ image }) => asked === undefined || asked.includes(image))
    .map(({ image, digest }) => {
      const known = results.find(
        each => each.gate === gate && each.image === image && each.digest === digest,
      );
      if (skip !== undefined || settings === undefined || !isValid(known, settings, now))
        return { ...fresh(), image };
      const { reason, log, promotion: from } = known;
      return {
        gate,
        image,
        state: 'passed',
        reason,
        at: known.at,
        ...(from !== undefined && { from }),
        ...(log !== undefined && { log }),
      };
    });
}
