import { parseArgs } from 'node:util';
import { Replayed } from '../../../functions/api/answers.ts';
import { ASKING, apiFor, askingOptions, show } from '../asking.ts';
import { type Command, UsageError } from '../command.ts';

export const replay: Command = {
  name: 'replay',
  words: 'SOURCE/ID [--json]',
  summary: 're-drive a stored delivery; its effect is the same as the first time, or nothing',
  options: askingOptions('the answer as JSON'),
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: ASKING, allowPositionals: true });
    const [, source, id] = /^([^/]+)\/(.+)$/.exec(positionals[0] ?? '') ?? [];
    if (source === undefined || id === undefined || positionals.length > 1) {
      throw new UsageError(
        'replay takes one delivery as SOURCE/ID, such as github/72d3162e-cc78-11e3-81ab-4c9367dc0958',
      );
    }
    const path = `deliveries/${encodeURIComponent(source)}/${encodeURIComponent(id)}/replay`;
    const answer = await apiFor(values).post(path, Replayed);
    const text = `delivery ${source}/${id} is due again; its outcome will be on the page and in the API`;
    return show(values, answer, () => text);
  },
};
