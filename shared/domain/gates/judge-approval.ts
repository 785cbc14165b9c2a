import { instant } from '../claims.ts';
import type { GateConfiguration } from '../configuration/gates.ts';
import type { Approval, Voice } from '../documents/gate.ts';
import { milliseconds } from '../durations.ts';
import type { TimeAnswer } from './judge-time.ts';

/** What people have said so far. One no is enough; each person has one voice. */
export function judgeApproval(
  { count, from, until }: Approval,
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

/** Whose voices count from now on, where a gate asks people. */
export function approvalOf(settings: GateConfiguration, now: number): Approval | undefined {
  if (settings.kind !== 'approval') return undefined;
  const { count, from, deadline } = settings;
  return { count, until: instant(now + milliseconds(deadline)), ...(from !== undefined && { from }) };
}
