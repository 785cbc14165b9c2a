import { parseArgs } from 'node:util';
import { z } from 'zod';
import { StandingHold } from '../../../shared/domain/documents/hold.ts';
import { ASKING, apiFor, askingOptions, show } from '../asking.ts';
import type { Command } from '../command.ts';
import { holdsText } from '../text/holds-text.ts';

const Page = z.object({ items: z.array(StandingHold) });

export const holds: Command = {
  name: 'holds',
  words: '[--all] [--json]',
  summary: 'what is held now, by whom, why and until when',
  options: [['--all', 'also what has ended, the newest 200'], ...askingOptions('the holds as JSON')],
  async run(words) {
    const { values } = parseArgs({ args: [...words], options: { ...ASKING, all: { type: 'boolean' } } });
    const which = values.all ? '' : '&state=standing';
    const { items } = await apiFor(values).get(`holds?limit=200${which}`, Page);
    return show(values, items, looks => holdsText(items, { ...looks, now: Date.now() }));
  },
};
