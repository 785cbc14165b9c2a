import { instant, isClaimed } from '../claims.ts';
import type { Voice } from '../documents/gate.ts';
import type { Promotion } from '../documents/promotion.ts';
import { isOver } from '../promotions/judge-steps.ts';
import { namesOf } from '../promotions/plan-promotion.ts';
import { judgeApproval } from './judge-approval.ts';
import { isOpen } from './open-gates.ts';

export type Spoken = Omit<Voice, 'at'>;
export type Heard =
  | { readonly kind: 'heard'; readonly promotion: Promotion }
  | { readonly kind: 'refused'; readonly reason: string };

/** Takes a person's yes or no; the last word of each counts, until the gate has what it needs. */
export function takeVoice(promotion: Promotion, spoken: Spoken, now: number): Heard {
  const refuse = (state: string): Heard => ({ kind: 'refused', reason: state });
  const { gates = [], voices = [], number } = promotion;
  if (isOver(promotion)) return refuse(`promotion ${number} is ${promotion.phase} already`);
  if (promotion.phase === 'asked') return refuse(`promotion ${number} has only begun; try again in a moment`);
  const people = gates.filter(({ approval }) => approval !== undefined);
  const gate = people.find(each => each.gate === spoken.gate);
  if (gate?.approval === undefined) {
    const names = people.map(each => `"${each.gate}"`);
    return refuse(names.length === 0 ? 'it asks no people' : `people are asked by ${namesOf(names)}`);
  }
  const { from, until } = gate.approval;
  if (!isOpen(gate) || promotion.phase !== 'gated')
    return refuse(`gate "${gate.gate}" is ${gate.state} already`);
  if (until <= instant(now)) return refuse(`its time ended at ${until}`);
  if (from !== undefined && !from.includes(spoken.by)) {
    return refuse(
      `"${spoken.by}" has no voice there; ${namesOf(from)} ${from.length === 1 ? 'has' : 'have'}`,
    );
  }
  const at = instant(now);
  const others = voices.filter(({ gate, by }) => gate !== spoken.gate || by !== spoken.by);
  const next = [...others, { ...spoken, at }];
  const counted = judgeApproval(
    gate.approval,
    next.filter(voice => voice.gate === gate.gate),
    now,
  );
  const told = gates.map(each => (each === gate ? { ...each, reason: counted.reason } : each));
  const heard = { ...promotion, gates: told, voices: next };
  // Whoever is at it looks at the voices before going on.
  return { kind: 'heard', promotion: isClaimed(promotion, now) ? heard : { ...heard, due: at } };
}
