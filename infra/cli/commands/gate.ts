import { setTimeout as later } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { GateResult } from '../../../shared/domain/documents/gate.ts';
import { isUnanswered } from '../../../shared/domain/gates/gate-questions.ts';
import { resultName } from '../../../shared/domain/gates/gate-results.ts';
import type { ApiClient } from '../api-client.ts';
import { apiFor, askingOptions, show } from '../asking.ts';
import { type Command, exitCodes, UsageError } from '../command.ts';
import { TELLING } from '../tell.ts';
import { gateText } from '../text/gate-text.ts';
import { oneLine } from '../text/one-line.ts';
import { userOfMachine } from '../user-of-machine.ts';

const OPTIONS = { ...TELLING, for: { type: 'string' }, 'no-wait': { type: 'boolean' } } as const;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export const gate: Command = {
  name: 'gate',
  words: 'NAME IMAGE[:TAG|@DIGEST] [--for TAG] [--no-wait] [--json]',
  summary:
    'asks a gate about an image now, its newest build where no other is named, and keeps the result; a tag that waits for it moves',
  options: [
    ['--for TAG', 'the tag that the gate is told of; wanted where its answer holds for one tag alone'],
    ['--no-wait', 'leaves it while it is being asked'],
    ['--by WHO', 'who asks, for the record; the user of this machine by default'],
    ...askingOptions('the result as JSON'),
  ],
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [name = '', image = '', ...more] = positionals;
    const about = aboutOf(image);
    if (name === '' || about === undefined || more.length > 0) {
      throw new UsageError('gate takes the name of one gate and one image, such as gpu web:prod');
    }
    const { for: tag, by = userOfMachine(), 'no-wait': leave = false } = values;
    const api = apiFor(values);
    const wish = { ...about, by, ...(tag !== undefined && { tag }) };
    const asked = await api.post(`gates/${encodeURIComponent(name)}/ask`, GateResult, wish);
    const result = leave ? asked : await answered(api, asked);
    const done = show(values, result, looks => gateText(result, looks));
    return result.state === 'passed' || leave ? done : exitCodes.failed;
  },
};

/** `IMAGE`, `IMAGE:VERSION` or `IMAGE@DIGEST`: no image's name has a colon. */
function aboutOf(word: string): { readonly image: string; readonly version?: string } | undefined {
  const [, image, version] = /^([^@:]+)(?:[@:](.+))?$/.exec(word) ?? [];
  if (image === undefined) return undefined;
  return version === undefined ? { image } : { image, version };
}

/** Until it has answered, or is not asked any more since it could not be run; why that is told meanwhile. */
async function answered(api: ApiClient, asked: GateResult): Promise<GateResult> {
  const path = ['gates', asked.image, asked.digest, resultName(asked)].map(encodeURIComponent).join('/');
  let result = asked;
  let told = '';
  for (let pause = FIRST_PAUSE_MS; isUnanswered(result) && result.by !== undefined; pause = longer(pause)) {
    await later(pause);
    result = await api.get(path, GateResult);
    const words = result.state === 'open' ? '' : oneLine(`${result.state}: ${result.reason}`);
    if (words !== told && words !== '' && isUnanswered(result)) process.stderr.write(`${words}\n`);
    told = words;
  }
  return result;
}

function longer(pause: number): number {
  return Math.min(LONGEST_PAUSE_MS, pause * 2);
}
