import { parseArgs } from 'node:util';
import { StandingHold } from '../../../shared/domain/documents/hold.ts';
import { scopeText } from '../../../shared/domain/holds/judge-holds.ts';
import { apiFor, show } from '../asking.ts';
import type { Command } from '../command.ts';
import { subjectOf, TELLING, TELLING_OPTIONS, type Told, tell } from '../tell.ts';
import { userOfMachine } from '../user-of-machine.ts';

export const release: Command = {
  name: 'release',
  words: 'TARGET/SERVICE|IMAGE:TAG|HOLD',
  summary:
    'lets a service follow its tag again, or a tag its rule, or ends a hold by its number; what failed there is tried once more',
  options: TELLING_OPTIONS,
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: TELLING, allowPositionals: true });
    const [number = '', ...more] = positionals;
    if (/^[1-9]\d{0,7}$/.test(number) && more.length === 0) {
      const by = values.by ?? userOfMachine();
      const held = await apiFor(values).post(`holds/${number}/release`, StandingHold, { by });
      return show(values, held, () => `hold ${number} has ended: ${scopeText(held.scope)} goes on`);
    }
    const subject = subjectOf('release', positionals);
    return tell(subject, 'release', { values, wish: {}, says: told => `${subject.name} ${freed(told)}` });
  },
};

function freed({ tag }: Told): string {
  if (tag === undefined) return 'follows its tag again';
  return tag.follows === undefined ? 'may be moved again' : 'moves by itself again';
}
