import { parseArgs } from 'node:util';
import { Status } from '../../../functions/api/answers.ts';
import { ASKING, apiFor, askingOptions, show } from '../asking.ts';
import { type Command, exitCodes } from '../command.ts';
import { statusText } from '../text/status-text.ts';

export const status: Command = {
  name: 'status',
  words: '[--json]',
  summary:
    'what every repo, tag and service stands on; exit code 4 when the newest commit did not build or a service does not run what it should',
  options: askingOptions('the whole answer as JSON'),
  async run(words) {
    const { values } = parseArgs({ args: [...words], options: ASKING });
    const api = apiFor(values);
    const answer = await api.get('status', Status);
    const done = show(values, answer, looks => statusText(answer, { ...looks, url: api.url }));
    return isAmiss(answer) ? exitCodes.amiss : done;
  },
};

function isAmiss({ repos, services }: Status): boolean {
  return (
    repos.some(({ builds }) => builds.some(({ status }) => status === 'failed')) ||
    services.some(({ phase, wanted }) => wanted !== undefined && phase !== 'running')
  );
}
