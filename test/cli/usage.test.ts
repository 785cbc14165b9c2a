import test from 'ava';
import { commands } from '../../infra/cli/main.ts';
import { usageOf } from '../../infra/cli/usage.ts';

test('every line of help fits into 80 columns', t => {
  for (const text of [usageOf(commands), ...commands.map(command => usageOf([command]))]) {
    for (const line of text.split('\n')) t.true(line.length <= 80, line);
  }
});

test('help names every command, and each of its options', t => {
  const all = usageOf(commands);
  for (const command of commands) {
    t.true(all.includes(`headway ${command.name}`));
    const own = usageOf([command]).replaceAll(/\s+/g, ' ');
    t.true(own.includes(command.summary));
    for (const [option, meaning] of command.options) t.true(own.includes(`${option} ${meaning}`), option);
  }
});
