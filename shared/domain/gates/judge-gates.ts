import { instant } from '../claims.ts';
import type { GateStanding } from '../documents/gate.ts';
import type { Promotion } from '../documents/promotion.ts';
import { pauseAfter } from '../pauses.ts';
import { gateName } from './gate-name.ts';
import { judgeApproval } from './judge-approval.ts';
import { isOpen } from './open-gates.ts';

/** What a gate answered; see the port. */
export type Answered =
  | { readonly kind: 'passed' | 'failed' | 'blocked'; readonly reason: string }
  | { readonly kind: 'waiting'; readonly reason: string; readonly until?: string };
type Place = Pick<GateStanding, 'gate' | 'image'>;
type Moment = {
  readonly now: number;
  /** For how many milliseconds a gate may be blocked. */
  readonly patience: number;
  readonly log?: string | undefined;
};

const LOOK_MS = 30_000;

/** The gates whose answer is wanted now. People are not asked: they speak. */
export function gatesToAsk({ gates = [] }: Promotion, now: number): GateStanding[] {
  const isDue = ({ again }: GateStanding) => again === undefined || again <= instant(now);
  return gates.filter(each => isOpen(each) && each.approval === undefined && isDue(each));
}

/** The promotion with what a gate answered. What could not be run for too long has failed. */
export function recordAnswer(
  promotion: Promotion,
  place: Place,
  { answer, ...moment }: Moment & { readonly answer: Answered },
): Promotion {
  const gates = (promotion.gates ?? []).map(each =>
    each.gate === place.gate && each.image === place.image && isOpen(each)
      ? answered(each, answer, { ...moment, since: promotion.at })
      : each,
  );
  return { ...promotion, gates };
}

function answered(
  { gate, image, tries = 0 }: GateStanding,
  answer: Answered,
  { now, patience, log, since }: Moment & { readonly since: string },
): GateStanding {
  const { kind: state, reason } = answer;
  const found = {
    gate,
    ...(image !== undefined && { image }),
    state,
    reason,
    at: instant(now),
    ...(log !== undefined && { log }),
  };
  if (answer.kind === 'waiting') return { ...found, again: answer.until ?? instant(now + LOOK_MS) };
  if (answer.kind !== 'blocked') return found;
  if (Date.parse(since) + patience <= now) {
    return { ...found, state: 'failed', reason: `it could not be run in time: ${reason}` };
  }
  return { ...found, tries: tries + 1, again: instant(now + pauseAfter(tries + 1)) };
}

/**
 * What follows from its gates: one that failed refuses the whole promotion; as long as some are open it waits, with
 * nobody at it, until the next is due. When all have passed it is as it was, for whoever is at it to go on.
 */
export function judgeGates(promotion: Promotion, now: number): Promotion {
  const voices = promotion.voices ?? [];
  const gates = (promotion.gates ?? []).map(each => {
    if (each.approval === undefined || !isOpen(each)) return each;
    const own = voices.filter(({ gate }) => gate === each.gate);
    const said = judgeApproval(each.approval, own, now);
    const again = said.kind === 'waiting' ? said.until : undefined;
    return { ...each, state: said.kind, reason: said.reason, at: instant(now), again };
  });
  const judged = { ...promotion, gates };
  const failed = gates.filter(({ state }) => state === 'failed');
  if (failed.length > 0) return { ...judged, phase: 'refused', reason: refusal(promotion, failed) };
  const open = gates.filter(isOpen);
  if (open.length === 0) return judged;
  const [due = instant(now)] = open.map(({ again }) => again ?? instant(now)).toSorted();
  return { ...judged, claim: undefined, due, attempts: 0, lastError: undefined };
}

function refusal({ from }: Promotion, failed: readonly GateStanding[]): string {
  const each = failed.map(({ gate, image, reason }) => `${gateName({ gate, image })} failed (${reason})`);
  return `Cannot promote "${from}": ${each.join('; ')}`;
}
