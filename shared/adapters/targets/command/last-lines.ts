import { stripVTControlCharacters } from 'node:util';
import type { ProgramResult } from './run-program.ts';

const LINES = 10;
const CHARACTERS = 1_500;

/** How a program failed: with what it exited, and what it wrote last. */
export function failureOf(
  [program = '']: readonly string[],
  { result, redact }: { readonly result: ProgramResult; readonly redact: (text: string) => string },
): string {
  const { code, killedBy, output } = result;
  const end = code === undefined ? `was ended by ${killedBy}` : `exited with ${code}`;
  const words = lastLines(output, redact);
  return `"${program}" ${end}${words === '' ? ' and wrote nothing' : `; it said: ${words}`}`;
}

/** The last lines that are not blank, without secrets and without what is meant for a terminal. */
export function lastLines(output: string, redact: (text: string) => string): string {
  const lines = redact(stripVTControlCharacters(output))
    .split(/\r?\n|\r/)
    .map(line => line.trimEnd())
    .filter(line => line !== '');
  return lines.slice(-LINES).join('\n').slice(-CHARACTERS);
}
