import type { Command } from './command.ts';
import { alignColumns } from './text/align-columns.ts';

/** How to use the commands: one line each for several, everything for one. */
export function usageOf(commands: readonly Command[]): string {
  const [only, ...more] = commands;
  if (only !== undefined && more.length === 0) {
    const options = only.options.map(([option, meaning]) => [`  ${option}`, meaning]);
    return [
      `headway ${only.name} ${only.words}`.trimEnd(),
      '',
      `  ${only.summary}`,
      '',
      ...alignColumns(options),
    ].join('\n');
  }
  const rows = commands.map(({ name, words, summary }) => [`  headway ${name} ${words}`.trimEnd(), summary]);
  return [
    'headway: continuous delivery for container images; production only ever moves forward',
    '',
    ...alignColumns(rows),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong words, 3 no headway answers, 4 something is not as it should be',
  ].join('\n');
}
