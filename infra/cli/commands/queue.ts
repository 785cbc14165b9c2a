import { parseArgs } from 'node:util';
import { Queue } from '../../../functions/api/answers.ts';
import { createApiClient } from '../api-client.ts';
import { type Command, exitCodes } from '../command.ts';
import { queueText } from '../text/queue-text.ts';
import { painter } from '../text/style.ts';
import { widthOf } from '../text/wrap-words.ts';

export const queue: Command = {
  name: 'queue',
  words: '[--json]',
  summary: 'what is being built, and what waits and why, in the order in which it will go',
  options: [
    ['--json', 'the queue as JSON'],
    ['--url URL', 'the headway to ask; found by the folder otherwise'],
  ],
  async run(words) {
    const { values } = parseArgs({
      args: [...words],
      options: { json: { type: 'boolean' }, url: { type: 'string' } },
    });
    const api = createApiClient({ url: values.url, folder: process.cwd() });
    const found = await api.get('queue', Queue);
    const looks = { paint: painter(process.stdout), width: widthOf(process.stdout) };
    process.stdout.write(`${values.json ? JSON.stringify(found, null, 2) : queueText(found, looks)}\n`);
    return exitCodes.done;
  },
};
