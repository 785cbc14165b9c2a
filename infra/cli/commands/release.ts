import { parseArgs } from 'node:util';
import type { Command } from '../command.ts';
import { subjectOf, TELLING, TELLING_OPTIONS, tell } from '../tell.ts';

export const release: Command = {
  name: 'release',
  words: 'TARGET/SERVICE|IMAGE:TAG',
  summary: 'lets a service follow its tag again, or a tag its rule; what failed there is tried once more',
  options: TELLING_OPTIONS,
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: TELLING, allowPositionals: true });
    const subject = subjectOf('release', positionals);
    const follows = subject.kind === 'tag' ? 'moves by itself again' : 'follows its tag again';
    return tell(subject, 'release', { values, wish: {}, says: () => `${subject.name} ${follows}` });
  },
};
