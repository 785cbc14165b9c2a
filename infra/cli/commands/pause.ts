import { parseArgs } from 'node:util';
import { QueuePause } from '../../../functions/api/answers.ts';
import { createApiClient } from '../api-client.ts';
import { type Command, exitCodes, UsageError } from '../command.ts';
import { TELLING, TELLING_OPTIONS, WHY } from '../tell.ts';
import { userOfMachine } from '../user-of-machine.ts';

const OPTIONS = { ...TELLING, why: { type: 'string' } } as const;

export const pause: Command = {
  name: 'pause',
  words: '--why WORDS',
  summary: 'begins no further build until headway resume; what is under way goes on',
  options: [WHY, ...TELLING_OPTIONS],
  async run(words) {
    const { values } = parseArgs({ args: [...words], options: OPTIONS });
    const { why, by = userOfMachine(), json } = values;
    if (why === undefined) throw new UsageError('pause wants --why WORDS');
    const api = createApiClient({ url: values.url, folder: process.cwd() });
    const paused = await api.post('queue/pause', QueuePause, { by, why });
    const sentence = 'no further build begins; headway resume lets them go on';
    process.stdout.write(`${json ? JSON.stringify(paused, null, 2) : sentence}\n`);
    return exitCodes.done;
  },
};
