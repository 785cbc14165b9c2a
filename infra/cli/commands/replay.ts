import { parseArgs } from 'node:util';
import { Replayed } from '../../../functions/api/answers.ts';
import { createApiClient } from '../api-client.ts';
import { type Command, exitCodes, UsageError } from '../command.ts';

export const replay: Command = {
  name: 'replay',
  words: 'SOURCE/ID [--json]',
  summary: 're-drive a stored delivery; its effect is the same as the first time, or nothing',
  options: [
    ['--json', 'the answer as JSON'],
    ['--url URL', 'the headway to ask; found by the folder otherwise'],
  ],
  async run(words) {
    const options = { json: { type: 'boolean' }, url: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const [, source, id] = /^([^/]+)\/(.+)$/.exec(positionals[0] ?? '') ?? [];
    if (source === undefined || id === undefined || positionals.length > 1) {
      throw new UsageError(
        'replay takes one delivery as SOURCE/ID, such as github/72d3162e-cc78-11e3-81ab-4c9367dc0958',
      );
    }
    const api = createApiClient({ url: values.url, folder: process.cwd() });
    const path = `deliveries/${encodeURIComponent(source)}/${encodeURIComponent(id)}/replay`;
    const answer = await api.post(path, Replayed);
    const text = `delivery ${source}/${id} is due again; its outcome will be on the page and in the API`;
    process.stdout.write(`${values.json ? JSON.stringify(answer, null, 2) : text}\n`);
    return exitCodes.done;
  },
};
