import { parseArgs } from 'node:util';
import { Promoted } from '../../../functions/api/answers.ts';
import { createApiClient } from '../api-client.ts';
import { type Command, exitCodes, UsageError } from '../command.ts';
import { promotionText } from '../text/promotion-text.ts';
import { painter } from '../text/style.ts';
import { widthOf } from '../text/wrap-words.ts';
import { userOfMachine } from '../user-of-machine.ts';

const OPTIONS = {
  refuse: { type: 'boolean' },
  why: { type: 'string' },
  by: { type: 'string' },
  json: { type: 'boolean' },
  url: { type: 'string' },
} as const;

export const approve: Command = {
  name: 'approve',
  words: 'PROMOTION GATE [--refuse] [--why WORDS] [--json]',
  summary: 'says yes, or no, to a promotion at a gate that asks people; one no ends it',
  options: [
    ['--refuse', 'says no instead'],
    ['--why WORDS', 'why, for whoever looks at it later'],
    ['--by WHO', 'whose voice it is; the user of this machine by default'],
    ['--json', 'the promotion as JSON'],
    ['--url URL', 'the headway to ask; found by the folder otherwise'],
  ],
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [number = '', gate = '', ...more] = positionals;
    if (!/^[1-9]\d{0,7}$/.test(number) || gate === '' || more.length > 0) {
      throw new UsageError(
        'approve takes the number of one promotion and the name of one gate, such as 7 staff',
      );
    }
    const { refuse = false, why, by = userOfMachine(), json } = values;
    const api = createApiClient({ url: values.url, folder: process.cwd() });
    const path = `promotions/${number}/gates/${encodeURIComponent(gate)}/${refuse ? 'refuse' : 'approve'}`;
    const { promotion } = await api.post(path, Promoted, { by, ...(why !== undefined && { why }) });
    const how = { paint: painter(process.stdout), width: widthOf(process.stdout) };
    process.stdout.write(`${json ? JSON.stringify(promotion, null, 2) : promotionText(promotion, how)}\n`);
    return exitCodes.done;
  },
};
