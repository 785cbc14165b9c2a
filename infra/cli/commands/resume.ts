import { parseArgs } from 'node:util';
import { QueuePause } from '../../../functions/api/answers.ts';
import { createApiClient } from '../api-client.ts';
import { type Command, exitCodes } from '../command.ts';
import { TELLING, TELLING_OPTIONS } from '../tell.ts';
import { userOfMachine } from '../user-of-machine.ts';

export const resume: Command = {
  name: 'resume',
  words: '',
  summary: 'lets builds begin again after headway pause, at once',
  options: TELLING_OPTIONS,
  async run(words) {
    const { values } = parseArgs({ args: [...words], options: TELLING });
    const { by = userOfMachine(), json } = values;
    const api = createApiClient({ url: values.url, folder: process.cwd() });
    const resumed = await api.post('queue/resume', QueuePause, { by });
    process.stdout.write(`${json ? JSON.stringify(resumed, null, 2) : 'builds go on'}\n`);
    return exitCodes.done;
  },
};
