import { parseArgs } from 'node:util';
import { askingOptions } from '../asking.ts';
import { type Command, UsageError } from '../command.ts';
import { seePromotion } from '../see-promotion.ts';
import { TELLING } from '../tell.ts';
import { userOfMachine } from '../user-of-machine.ts';

const OPTIONS = {
  ...TELLING,
  'dry-run': { type: 'boolean' },
  'past-hold': { type: 'boolean' },
} as const;

export const undo: Command = {
  name: 'undo',
  words: 'PROMOTION [--dry-run] [--json]',
  summary:
    'moves the tags of a promotion, by its number, back to what they named before it, all or none; withdraws one that still waits for its gates',
  options: [
    ['--dry-run', 'makes the same report, and moves nothing'],
    ['--past-hold', 'goes past what a person holds; it is on record who said so'],
    ['--by WHO', 'who does it, for the record; the user of this machine by default'],
    ...askingOptions('the promotion that brings them back, as JSON'),
  ],
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [number = '', ...more] = positionals;
    if (!/^[1-9]\d{0,7}$/.test(number) || more.length > 0) {
      throw new UsageError('undo takes the number of one promotion, such as 7');
    }
    const { 'dry-run': dryRun = false, by = userOfMachine() } = values;
    const wish = { by, dryRun, ...(values['past-hold'] && { pastHold: true }) };
    return seePromotion(values, { path: `promotions/${number}/undo`, wish });
  },
};
