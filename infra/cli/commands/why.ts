import { parseArgs } from 'node:util';
import { Why } from '../../../functions/api/answers.ts';
import { createApiClient } from '../api-client.ts';
import { type Command, exitCodes, UsageError } from '../command.ts';
import { painter } from '../text/style.ts';
import { whyText } from '../text/why-text.ts';

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
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) throw new UsageError('why takes the name of one service');
    const api = createApiClient({ url: values.url, folder: process.cwd() });
    const answer = await api.get(`services/${name.split('/').map(encodeURIComponent).join('/')}/why`, Why);
    process.stdout.write(
      `${values.json ? JSON.stringify(answer, null, 2) : whyText(answer, painter(process.stdout))}\n`,
    );
    return answer.green ? exitCodes.done : exitCodes.amiss;
  },
};
