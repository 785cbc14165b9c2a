import { instant, isClaimed } from '../claims.ts';
import type { Promotion } from '../documents/promotion.ts';
import { isOver } from '../promotions/judge-steps.ts';
import { namesOf } from '../promotions/plan-promotion.ts';
import { hearVoice, type Spoken } from './hear-voice.ts';
import { isOpen } from './open-gates.ts';

export type Taken =
  | { readonly kind: 'heard'; readonly promotion: Promotion }
  | { readonly kind: 'refused'; readonly reason: string };

/** Takes a person's yes or no to a promotion; the last word of each counts, until the gate has what it needs. */
export function takeVoice(
  promotion: Promotion,
  { gate: name, ...spoken }: Spoken & { readonly gate: string },
  now: number,
): Taken {
  const refuse = (state: string): Taken => ({ kind: 'refused', reason: state });
  const { gates = [], voices = [], number } = promotion;
  if (isOver(promotion)) return refuse(`promotion ${number} is ${promotion.phase} already`);
  if (promotion.phase === 'asked') return refuse(`promotion ${number} has only begun; try again in a moment`);
  const people = gates.filter(({ approval }) => approval !== undefined);
  const gate = people.find(each => each.gate === name);
  if (gate?.approval === undefined) {
    const names = people.map(each => `"${each.gate}"`);
    return refuse(names.length === 0 ? 'it asks no people' : `people are asked by ${namesOf(names)}`);
  }
  if (!isOpen(gate) || promotion.phase !== 'gated') return refuse(`gate "${name}" is ${gate.state} already`);
  const [own, others] = [
    voices.filter(voice => voice.gate === name),
    voices.filter(voice => voice.gate !== name),
  ];
  const said = hearVoice({ approval: gate.approval, voices: own }, spoken, now);
  if (said.kind === 'refused') return said;
  const heard: Promotion = {
    ...promotion,
    gates: gates.map(each => (each === gate ? { ...each, reason: said.reason } : each)),
    voices: [...others, ...said.voices.map(voice => ({ ...voice, gate: name }))],
  };
  // Whoever is at it looks at the voices before going on.
  return { kind: 'heard', promotion: isClaimed(promotion, now) ? heard : { ...heard, due: instant(now) } };
}
