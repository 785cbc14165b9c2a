import { instant } from '../claims.ts';
import type { GateStanding, Voice } from '../documents/gate.ts';
import type { TimeAnswer } from './judge-time.ts';

/** What people have said so far. One no is enough; each person has one voice. */
export function judgeApproval(
  { count, from, until }: NonNullable<GateStanding['approval']>,
  voices: readonly Voice[],
  now: number,
): TimeAnswer {
  const no = voices.find(({ approves }) => !approves);
  if (no !== undefined) {
    return { kind: 'failed', reason: `${no.by} refused it${no.why === undefined ? '' : `: ${no.why}`}` };
  }
  const people = [...new Set(voices.map(({ by }) => by))];
  if (people.length >= count) return { kind: 'passed', reason: `approved by ${people.join(', ')}` };
  const so = people.length === 0 ? '' : ` (so far ${people.join(', ')})`;
  const of = from === undefined ? '' : ` of ${from.join(', ')}`;
  const reason = `${people.length} of ${count} people${of} approved it${so}`;
  if (until <= instant(now)) return { kind: 'failed', reason: `only ${reason} by ${until}` };
  return { kind: 'waiting', reason, until };
}
