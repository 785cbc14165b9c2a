import { parseArgs } from 'node:util';
import { Why } from '../../../functions/api/answers.ts';
import { createApiClient } from '../api-client.ts';
import { type Command, exitCodes, UsageError } from '../command.ts';
import { painter } from '../text/style.ts';
import { whyText } from '../text/why-text.ts';
import { widthOf } from '../text/wrap-words.ts';

export const why: Command = {
  name: 'why',
  words: 'SERVICE | TARGET/SERVICE [--json]',
  summary: 'why a service runs what it runs, back to the commit, and what keeps it from more',
  options: [
    ['--json', 'the whole answer as JSON'],
    ['--url URL', 'the headway to ask; found by the folder otherwise'],
  ],
  async run(words) {
    const options = { json: { type: 'boolean' }, url: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const [name = '', ...more] = positionals;
    if (!/^[^/]+(?:\/[^/]+)?$/.test(name) || more.length > 0) {
      throw new UsageError('why takes one service, as SERVICE or as TARGET/SERVICE');
    }
    const api = createApiClient({ url: values.url, folder: process.cwd() });
    const answer = await api.get(`services/${name.split('/').map(encodeURIComponent).join('/')}/why`, Why);
    const how = { paint: painter(process.stdout), width: widthOf(process.stdout) };
    process.stdout.write(`${values.json ? JSON.stringify(answer, null, 2) : whyText(answer, how)}\n`);
    return answer.green ? exitCodes.done : exitCodes.amiss;
  },
};
