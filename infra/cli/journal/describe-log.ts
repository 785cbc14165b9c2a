import { z } from 'zod';
import type { JournalLine } from './describe-change.ts';

const Entry = z
  .object({ time: z.string(), level: z.enum(['info', 'warn', 'error']), message: z.string() })
  .catchall(z.unknown());
const TONES = { info: 'quiet', warn: 'warn', error: 'bad' } as const;

/** A line of the log for people who watch: its fields as words, since the journal's columns are around it. */
export function describeLog(line: string): JournalLine {
  const { time: _, level, message, ...fields } = Entry.parse(JSON.parse(line));
  const words = Object.entries(fields).map(([name, value]) => `${name} ${wordsOf(value)}`);
  return { kind: level, subject: message, text: words.join(', '), tone: TONES[level] };
}

function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'message' in value) return String(value.message);
  return JSON.stringify(value);
}
