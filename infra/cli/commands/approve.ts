import { parseArgs } from 'node:util';
import { Promoted } from '../../../functions/api/answers.ts';
import { apiFor, askingOptions, show } from '../asking.ts';
import { type Command, UsageError } from '../command.ts';
import { TELLING_WHY, WHY } from '../tell.ts';
import { promotionText } from '../text/promotion-text.ts';
import { userOfMachine } from '../user-of-machine.ts';

const OPTIONS = { ...TELLING_WHY, refuse: { type: 'boolean' } } as const;

export const approve: Command = {
  name: 'approve',
  words: 'PROMOTION GATE [--refuse] [--why WORDS] [--json]',
  summary: 'says yes, or no, to a promotion at a gate that asks people; one no ends it',
  options: [
    ['--refuse', 'says no instead'],
    WHY,
    ['--by WHO', 'whose voice it is; the user of this machine by default'],
    ...askingOptions('the promotion as JSON'),
  ],
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [number = '', gate = '', ...more] = positionals;
    if (!/^[1-9]\d{0,7}$/.test(number) || gate === '' || more.length > 0) {
      throw new UsageError(
        'approve takes the number of one promotion and the name of one gate, such as 7 staff',
      );
    }
    const { refuse = false, why, by = userOfMachine() } = values;
    const path = `promotions/${number}/gates/${encodeURIComponent(gate)}/${refuse ? 'refuse' : 'approve'}`;
    const wish = { by, ...(why !== undefined && { why }) };
    const { promotion } = await apiFor(values).post(path, Promoted, wish);
    return show(values, promotion, looks => promotionText(promotion, looks));
  },
};
