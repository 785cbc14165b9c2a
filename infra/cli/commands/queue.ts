import { parseArgs } from 'node:util';
import { Queue } from '../../../functions/api/answers.ts';
import { ASKING, apiFor, askingOptions, show } from '../asking.ts';
import type { Command } from '../command.ts';
import { queueText } from '../text/queue-text.ts';

export const queue: Command = {
  name: 'queue',
  words: '[--json]',
  summary: 'what is being built, and what waits and why, in the order in which it will go',
  options: askingOptions('the queue as JSON'),
  async run(words) {
    const { values } = parseArgs({ args: [...words], options: ASKING });
    const found = await apiFor(values).get('queue', Queue);
    return show(values, found, looks => queueText(found, looks));
  },
};
