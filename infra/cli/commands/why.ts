import { parseArgs } from 'node:util';
import { Why } from '../../../functions/api/answers.ts';
import { ASKING, apiFor, askingOptions, show } from '../asking.ts';
import { type Command, exitCodes, UsageError } from '../command.ts';
import { whyText } from '../text/why-text.ts';

export const why: Command = {
  name: 'why',
  words: 'SERVICE | TARGET/SERVICE [--json]',
  summary: 'why a service runs what it runs, back to the commit, and what keeps it from more',
  options: askingOptions('the whole answer as JSON'),
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: ASKING, allowPositionals: true });
    const [name = '', ...more] = positionals;
    if (!/^[^/]+(?:\/[^/]+)?$/.test(name) || more.length > 0) {
      throw new UsageError('why takes one service, as SERVICE or as TARGET/SERVICE');
    }
    const path = `services/${name.split('/').map(encodeURIComponent).join('/')}/why`;
    const answer = await apiFor(values).get(path, Why);
    const done = show(values, answer, looks => whyText(answer, looks));
    return answer.green ? done : exitCodes.amiss;
  },
};
