import { parseArgs } from 'node:util';
import { Status } from '../../../functions/api/answers.ts';
import { createApiClient } from '../api-client.ts';
import { type Command, exitCodes } from '../command.ts';
import { statusText } from '../text/status-text.ts';
import { painter } from '../text/style.ts';
import { widthOf } from '../text/wrap-words.ts';

export const status: Command = {
  name: 'status',
  words: '[--json]',
  summary:
    'what every repo, tag and service stands on; exit code 4 when the newest commit did not build or a service does not run what it should',
  options: [
    ['--json', 'the whole answer as JSON'],
    ['--url URL', 'the headway to ask; found by the folder otherwise'],
  ],
  async run(words) {
    const { values } = parseArgs({
      args: [...words],
      options: { json: { type: 'boolean' }, url: { type: 'string' } },
    });
    const api = createApiClient({ url: values.url, folder: process.cwd() });
    const answer = await api.get('status', Status);
    const text = values.json
      ? JSON.stringify(answer, null, 2)
      : statusText(answer, { url: api.url, paint: painter(process.stdout), width: widthOf(process.stdout) });
    process.stdout.write(`${text}\n`);
    return isAmiss(answer) ? exitCodes.amiss : exitCodes.done;
  },
};

function isAmiss({ repos, services }: Status): boolean {
  return (
    repos.some(({ builds }) => builds.some(({ status }) => status === 'failed')) ||
    services.some(({ phase, wanted }) => wanted !== undefined && phase !== 'running')
  );
}
