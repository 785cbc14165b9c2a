import type { Command } from './command.ts';
import { alignColumns } from './text/align-columns.ts';
import { wrapWords } from './text/wrap-words.ts';

/** Fits every terminal, and is the same in a pipe. */
const WIDTH = 80;

/** How to use the commands: the words and what they do for several, everything for one. */
export function usageOf(commands: readonly Command[]): string {
  const [only, ...more] = commands;
  if (only !== undefined && more.length === 0) {
    const options = only.options.map(([option, meaning]) => [`  ${option}`, meaning]);
    return [
      `headway ${only.name} ${only.words}`.trimEnd(),
      '',
      ...indented(only.summary, '  '),
      '',
      ...alignColumns(options, WIDTH),
    ].join('\n');
  }
  return [
    'headway: continuous delivery for container images',
    'A git push becomes running containers; production only ever moves forward.',
    '',
    ...commands.flatMap(({ name, words, summary }) => [
      `  headway ${name} ${words}`.trimEnd(),
      ...indented(summary, '      '),
    ]),
    '',
    ...wrapWords(
      'Exit codes: 0 done, 1 failed, 2 wrong words, 3 no headway answers, 4 something is not as it should be',
      WIDTH,
    ),
  ].join('\n');
}

function indented(text: string, indent: string): string[] {
  return wrapWords(text, WIDTH - indent.length).map(line => `${indent}${line}`);
}
