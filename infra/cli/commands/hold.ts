import { parseArgs } from 'node:util';
import { milliseconds } from '../../../shared/domain/durations.ts';
import { type Command, UsageError } from '../command.ts';
import { subjectOf, TELLING, TELLING_OPTIONS, tell, WHY } from '../tell.ts';

const OPTIONS = { ...TELLING, why: { type: 'string' }, for: { type: 'string' } } as const;

export const hold: Command = {
  name: 'hold',
  words: 'TARGET/SERVICE --why WORDS [--for 2h]',
  summary: 'keeps a service as it is, whatever its tag does, until it is released',
  options: [WHY, ['--for DURATION', 'ends by itself, e.g. 30m, 2h or 7d'], ...TELLING_OPTIONS],
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const subject = subjectOf('hold', positionals);
    const { why, for: lasts } = values;
    if (why === undefined) throw new UsageError('hold wants --why WORDS');
    const pause = lasts === undefined ? undefined : milliseconds(lasts);
    if (Number.isNaN(pause)) throw new UsageError('--for takes a duration such as 30m, 2h or 7d');
    const until = pause === undefined ? undefined : new Date(Date.now() + pause).toISOString();
    return tell(subject, 'hold', {
      values,
      wish: { why, ...(until !== undefined && { until }) },
      says: ({ service }) => {
        const end = service?.hold?.until;
        return `${subject.name} stays as it is${end === undefined ? '' : ` until ${end}`}`;
      },
    });
  },
};
