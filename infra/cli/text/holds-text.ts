import type { StandingHold } from '../../../shared/domain/documents/hold.ts';
import { endSentence, hasPassed, scopeText } from '../../../shared/domain/holds/judge-holds.ts';
import { alignColumns } from './align-columns.ts';
import { oneLine } from './one-line.ts';
import type { Looks } from './style.ts';

type Its = Looks & { readonly now: number };

/** Holds as a table, for people. */
export function holdsText(holds: readonly StandingHold[], { paint, width, now }: Its): string {
  if (holds.length === 0) return 'nothing is held; headway hold keeps something as it is';
  const head = ['HOLD', 'OVER', 'BY', 'SINCE', 'UNTIL', 'WHY'].map(cell => paint('quiet', cell));
  const rows = holds.map(hold => [
    String(hold.number),
    scopeText(hold.scope),
    oneLine(hold.by),
    hold.since.slice(0, 16).replace('T', ' '),
    endText(hold, now),
    oneLine(hold.why),
  ]);
  return alignColumns([head, ...rows], width).join('\n');
}

function endText(hold: StandingHold, now: number): string {
  const { ended, until } = hold;
  if (ended !== undefined) return `ended by ${oneLine(ended.by)}`;
  if (hasPassed(hold, now)) return 'ended';
  return until === undefined ? 'released' : endSentence(until);
}
