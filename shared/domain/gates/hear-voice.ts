import { instant } from '../claims.ts';
import type { Approval, Voice } from '../documents/gate.ts';
import { namesOf } from '../promotions/plan-promotion.ts';
import { judgeApproval } from './judge-approval.ts';

/** A person's yes or no. */
export type Spoken = Omit<Voice, 'at'>;
export type Heard =
  /** The voices with this one, and what they come to. */
  | { readonly kind: 'heard'; readonly voices: readonly Voice[]; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Hears those who have a voice, as long as there is time: the last word of each counts. */
export function hearVoice(
  { approval, voices = [] }: { readonly approval: Approval; readonly voices?: readonly Voice[] | undefined },
  spoken: Spoken,
  now: number,
): Heard {
  const { from, until } = approval;
  if (until <= instant(now)) return { kind: 'refused', reason: `its time ended at ${until}` };
  if (from !== undefined && !from.includes(spoken.by)) {
    const have = `${namesOf(from)} ${from.length === 1 ? 'has' : 'have'}`;
    return { kind: 'refused', reason: `"${spoken.by}" has no voice there; ${have}` };
  }
  const next = [...voices.filter(({ by }) => by !== spoken.by), { ...spoken, at: instant(now) }];
  return { kind: 'heard', voices: next, reason: judgeApproval(approval, next, now).reason };
}
