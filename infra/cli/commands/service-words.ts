import { parseArgs } from 'node:util';
import { Service } from '../../../shared/domain/documents/service.ts';
import { milliseconds } from '../../../shared/domain/durations.ts';
import { createApiClient } from '../api-client.ts';
import { type Command, exitCodes, UsageError } from '../command.ts';
import { userOfMachine } from '../user-of-machine.ts';

const OPTIONS = {
  why: { type: 'string' },
  for: { type: 'string' },
  to: { type: 'string' },
  by: { type: 'string' },
  json: { type: 'boolean' },
  url: { type: 'string' },
} as const;
const SHARED = [
  ['--by WHO', 'who says so, for the record; the user of this machine by default'],
  ['--json', 'the service as JSON'],
  ['--url URL', 'the headway to ask; found by the folder otherwise'],
] as const;
const WHY = ['--why WORDS', 'why, for whoever looks at it later'] as const;

export const hold: Command = {
  name: 'hold',
  words: 'TARGET/SERVICE --why WORDS [--for 2h]',
  summary: 'keeps a service as it is, whatever its tag does, until it is released',
  options: [WHY, ['--for DURATION', 'ends by itself, e.g. 30m, 2h or 7d'], ...SHARED],
  run: words =>
    tell('hold', words, ({ why, for: lasts }) => {
      const pause = lasts === undefined ? undefined : milliseconds(lasts);
      if (Number.isNaN(pause)) throw new UsageError('--for takes a duration such as 30m, 2h or 7d');
      return { why, ...(pause !== undefined && { until: new Date(Date.now() + pause).toISOString() }) };
    }),
};

export const release: Command = {
  name: 'release',
  words: 'TARGET/SERVICE',
  summary: 'lets a service follow its tag again; what failed there is tried once more',
  options: SHARED,
  run: words => tell('release', words, () => ({})),
};

export const rollback: Command = {
  name: 'rollback',
  words: 'TARGET/SERVICE --why WORDS [--to COMMIT|DIGEST]',
  summary: 'brings a service back at once, and keeps it there until something newer comes',
  options: [WHY, ['--to WHAT', 'a full commit or digest; what ran before when absent'], ...SHARED],
  run: words =>
    tell('rollback', words, ({ why, to }) => ({
      why,
      ...(to !== undefined && (to.startsWith('sha256:') ? { digest: to } : { commit: to })),
    })),
};

type Words = { readonly [name in 'why' | 'for' | 'to' | 'by' | 'url']?: string } & {
  readonly json?: boolean;
};

async function tell(
  verb: string,
  words: readonly string[],
  wish: (values: Words) => object,
): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  const [, target, service] = /^([^/]+)\/(.+)$/.exec(positionals[0] ?? '') ?? [];
  if (target === undefined || service === undefined || positionals.length > 1) {
    throw new UsageError(`${verb} takes one service as TARGET/SERVICE, such as cluster/web`);
  }
  if (verb !== 'release' && values.why === undefined) throw new UsageError(`${verb} wants --why WORDS`);
  const api = createApiClient({ url: values.url, folder: process.cwd() });
  const path = `services/${encodeURIComponent(target)}/${encodeURIComponent(service)}/${verb}`;
  const answer = await api.post(path, Service, { by: values.by ?? userOfMachine(), ...wish(values) });
  process.stdout.write(`${values.json ? JSON.stringify(answer, null, 2) : told(verb, answer)}\n`);
  return exitCodes.done;
}

function told(verb: string, { target, service, hold: held, refused }: Service): string {
  const name = `${target}/${service}`;
  if (verb === 'hold')
    return `${name} stays as it is${held?.until === undefined ? '' : ` until ${held.until}`}`;
  if (verb === 'release') return `${name} follows its tag again`;
  return `${name} goes back to ${refused?.back?.commit ?? refused?.back?.digest ?? 'what ran before'}`;
}
