import { oneLine } from '../text/one-line.ts';
import type { Looks } from '../text/style.ts';
import { wrapWords } from '../text/wrap-words.ts';
import type { JournalLine } from './describe-change.ts';

const KIND_WIDTH = 8;
const SUBJECT_WIDTH = 20;
/** `12:34:56` and two blanks. */
const TIME_WIDTH = 10;
/** On a terminal that is narrower, its own breaks are no worse. */
const LEAST_ROOM = 20;

/** The line as it is shown, with the time in front; what does not fit goes on below, under its own column. */
export function formatLine(
  { kind, subject, text, tone }: JournalLine,
  { paint, width }: Looks,
  now: Date,
): string {
  const words = `${kind.padEnd(KIND_WIDTH)}  ${oneLine(subject).padEnd(SUBJECT_WIDTH)}  `;
  const indent = TIME_WIDTH + words.length;
  const room = width - indent;
  const lines = room < LEAST_ROOM ? [oneLine(text)] : wrapWords(oneLine(text), room);
  const whole = words + lines.join(`\n${' '.repeat(indent)}`);
  return `${paint('quiet', now.toTimeString().slice(0, 8))}  ${tone === undefined ? whole : paint(tone, whole)}`;
}
