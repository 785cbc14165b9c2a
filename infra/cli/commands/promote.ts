import { parseArgs } from 'node:util';
import { askingOptions } from '../asking.ts';
import { type Command, UsageError } from '../command.ts';
import { seePromotion } from '../see-promotion.ts';
import { TELLING_WHY } from '../tell.ts';
import { userOfMachine } from '../user-of-machine.ts';

const OPTIONS = {
  ...TELLING_WHY,
  to: { type: 'string' },
  images: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'skip-gate': { type: 'string', multiple: true },
  'past-hold': { type: 'boolean' },
  'no-wait': { type: 'boolean' },
} as const;

export const promote: Command = {
  name: 'promote',
  words: 'SOURCE [--to TAG] [--images A,B] [--dry-run] [--json]',
  summary:
    'moves a tag of the whole stack to where SOURCE is, all images or none: 2026.3-a1239a to 2026.3-stable; exit code 4 when some image could neither be moved nor brought back',
  options: [
    ['--to TAG', 'the tag to move; PREFIX-stable with the prefix of SOURCE by default'],
    ['--images A,B', 'only these images; the whole stack by default'],
    ['--skip-gate NAME', 'this gate need not pass, by your word; may be given several times'],
    ['--why WORDS', 'why it need not, for whoever looks at it later'],
    ['--past-hold', 'goes past what a person holds; it is on record who said so'],
    ['--no-wait', 'does not wait for what takes its time: says how it stands, and leaves it to headway'],
    ['--dry-run', 'makes the same report, asks no gate and moves nothing'],
    ['--by WHO', 'who does it, for the record; the user of this machine by default'],
    ...askingOptions('the promotion as JSON'),
  ],
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [from, ...more] = positionals;
    if (from === undefined || more.length > 0) {
      throw new UsageError('promote takes one source tag, such as 2026.3-a1239a');
    }
    const { to, images, 'dry-run': dryRun = false, by = userOfMachine() } = values;
    const { 'skip-gate': skipGates = [], why } = values;
    if (skipGates.length > 0 && why === undefined) throw new UsageError('--skip-gate wants --why WORDS');
    const wish = {
      from,
      dryRun,
      by,
      ...(values['past-hold'] && { pastHold: true }),
      ...(to !== undefined && { to }),
      ...(skipGates.length > 0 && { skipGates, why }),
      ...(images !== undefined && { images: images.split(',').flatMap(name => name.trim() || []) }),
    };
    return seePromotion(values, { path: 'promotions', wish, leave: values['no-wait'] });
  },
};
