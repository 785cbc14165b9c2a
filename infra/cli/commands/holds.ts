import { parseArgs } from 'node:util';
import { z } from 'zod';
import { StandingHold } from '../../../shared/domain/documents/hold.ts';
import { createApiClient } from '../api-client.ts';
import { type Command, exitCodes } from '../command.ts';
import { holdsText } from '../text/holds-text.ts';
import { painter } from '../text/style.ts';
import { widthOf } from '../text/wrap-words.ts';

const Page = z.object({ items: z.array(StandingHold) });

export const holds: Command = {
  name: 'holds',
  words: '[--all] [--json]',
  summary: 'what is held now, by whom, why and until when',
  options: [
    ['--all', 'also what has ended, the newest 200'],
    ['--json', 'the holds as JSON'],
    ['--url URL', 'the headway to ask; found by the folder otherwise'],
  ],
  async run(words) {
    const { values } = parseArgs({
      args: [...words],
      options: { all: { type: 'boolean' }, json: { type: 'boolean' }, url: { type: 'string' } },
    });
    const api = createApiClient({ url: values.url, folder: process.cwd() });
    const which = values.all ? '' : '&state=standing';
    const { items } = await api.get(`holds?limit=200${which}`, Page);
    const its = { paint: painter(process.stdout), width: widthOf(process.stdout), now: Date.now() };
    process.stdout.write(`${values.json ? JSON.stringify(items, null, 2) : holdsText(items, its)}\n`);
    return exitCodes.done;
  },
};
