import { parseArgs } from 'node:util';
import { type HoldScope, StandingHold } from '../../../shared/domain/documents/hold.ts';
import { endSentence, scopeText } from '../../../shared/domain/holds/judge-holds.ts';
import { apiFor, show } from '../asking.ts';
import { type Command, UsageError } from '../command.ts';
import { END, endOf, SCOPE, scopeOf } from '../hold-wish.ts';
import { type Subject, subjectOf, TELLING_OPTIONS, TELLING_WHY, WHY } from '../tell.ts';
import { userOfMachine } from '../user-of-machine.ts';

const OPTIONS = { ...TELLING_WHY, ...SCOPE, ...END } as const;

export const hold: Command = {
  name: 'hold',
  words: 'TARGET/SERVICE|IMAGE:TAG|OPTIONS --why WORDS',
  summary:
    'keeps a service, a tag, an image, a target or everything as it is, until its end or until it is released; automation stops in front of it and says so',
  options: [
    WHY,
    ['--image IMAGE', 'holds an image: its tags and the services that run it'],
    ['--tag TAG', 'holds a tag of every image, or of --image'],
    ['--service NAME', 'holds a service, as TARGET/SERVICE'],
    ['--target TARGET', 'holds everything that runs there'],
    ['--everything', 'holds every tag and service'],
    ['--for DURATION', 'ends by itself, e.g. 30m, 2h or 7d'],
    ['--until MOMENT', 'ends by itself, e.g. 2026-12-24 or 2026-12-24T18:00:00+01:00'],
    ['--until-commit C', 'ends with what contains the commit, as REPO@SHA'],
    ['--until-gate G', 'ends when a gate has passed for an image, as GATE:IMAGE'],
    ...TELLING_OPTIONS,
  ],
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const { why, by = userOfMachine() } = values;
    if (why === undefined) throw new UsageError('hold wants --why WORDS');
    const end = endOf(values, Date.now());
    const until = end === undefined ? {} : { until: end };
    const api = apiFor(values);
    const named = scopeOf(values);
    if (named !== undefined && positionals.length > 0) {
      throw new UsageError('hold takes a name or options that say what is held');
    }
    const scope = named ?? scopeOfSubject(subjectOf('hold', positionals));
    const held = await api.post('holds', StandingHold, { by, why, scope, ...until });
    return show(values, held, () => sentenceOf(held));
  },
};

function scopeOfSubject({ kind, name }: Subject): HoldScope {
  if (kind === 'tag') {
    const [image = '', tag = ''] = name.split(':');
    return { kind, image, tag };
  }
  const slash = name.indexOf('/');
  return { kind, target: name.slice(0, slash), service: name.slice(slash + 1) };
}

function sentenceOf({ number, scope, until }: StandingHold): string {
  const end = until === undefined ? '' : ` until ${endSentence(until)}`;
  return `${scopeText(scope)} stays as it is${end}; headway release ${number} ends it`;
}
