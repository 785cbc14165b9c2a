import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Command, exitCodes, UsageError } from '../command.ts';
import { loadConfiguration } from '../load-configuration.ts';

export const check: Command = {
  name: 'check',
  words: '[FILE] [--json]',
  summary: 'checks a configuration and its secrets without starting anything; headway.yaml by default',
  options: [['--json', 'the mistakes as JSON, with line and column']],
  async run(words) {
    const options = { json: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    if (positionals.length > 1) throw new UsageError('check takes one file');
    const name = positionals[0] ?? 'headway.yaml';
    const loaded = await loadConfiguration(resolve(name), process.env);
    const mistakes = 'mistakes' in loaded ? loaded.mistakes : [];
    const warnings = 'mistakes' in loaded ? [] : loaded.warnings;
    if (values.json) process.stdout.write(`${JSON.stringify({ file: name, mistakes, warnings }, null, 2)}\n`);
    else process.stdout.write(`${'mistakes' in loaded ? brokenText(loaded) : goodText(name, loaded)}\n`);
    return mistakes.length === 0 ? exitCodes.done : exitCodes.failed;
  },
};

function brokenText({ mistakes, text }: { mistakes: readonly unknown[]; text: string }): string {
  return `${text}\n\n${mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`}`;
}

type Good = Extract<Awaited<ReturnType<typeof loadConfiguration>>, { configuration: unknown }>;

function goodText(name: string, { configuration, warnings }: Good): string {
  const counts = (['repos', 'images', 'tags', 'targets', 'services', 'hooks'] as const)
    .map(part => `${Object.keys(configuration[part]).length} ${part}`)
    .join(', ');
  return [...warnings.map(warning => `warning: ${warning}`), `${name} is good: ${counts}`].join('\n');
}
