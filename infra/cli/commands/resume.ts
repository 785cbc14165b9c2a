import { parseArgs } from 'node:util';
import { QueuePause } from '../../../functions/api/answers.ts';
import { apiFor, show } from '../asking.ts';
import type { Command } from '../command.ts';
import { TELLING, TELLING_OPTIONS } from '../tell.ts';
import { userOfMachine } from '../user-of-machine.ts';

export const resume: Command = {
  name: 'resume',
  words: '',
  summary: 'lets builds begin again after headway pause, at once',
  options: TELLING_OPTIONS,
  async run(words) {
    const { values } = parseArgs({ args: [...words], options: TELLING });
    const { by = userOfMachine() } = values;
    const resumed = await apiFor(values).post('queue/resume', QueuePause, { by });
    return show(values, resumed, () => 'builds go on');
  },
};
