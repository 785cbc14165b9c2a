import { parseArgs } from 'node:util';
import { QueuePause } from '../../../functions/api/answers.ts';
import { apiFor, show } from '../asking.ts';
import { type Command, UsageError } from '../command.ts';
import { TELLING_OPTIONS, TELLING_WHY, WHY } from '../tell.ts';
import { userOfMachine } from '../user-of-machine.ts';

export const pause: Command = {
  name: 'pause',
  words: '--why WORDS',
  summary: 'begins no further build until headway resume; what is under way goes on',
  options: [WHY, ...TELLING_OPTIONS],
  async run(words) {
    const { values } = parseArgs({ args: [...words], options: TELLING_WHY });
    const { why, by = userOfMachine() } = values;
    if (why === undefined) throw new UsageError('pause wants --why WORDS');
    const api = apiFor(values);
    const paused = await api.post('queue/pause', QueuePause, { by, why });
    return show(values, paused, () => 'no further build begins; headway resume lets them go on');
  },
};
