import { parseArgs } from 'node:util';
import { type Command, UsageError } from '../command.ts';
import { subjectOf, TELLING_OPTIONS, TELLING_WHY, tell, WHY } from '../tell.ts';

const OPTIONS = {
  ...TELLING_WHY,
  to: { type: 'string' },
  'past-hold': { type: 'boolean' },
} as const;

export const rollback: Command = {
  name: 'rollback',
  words: 'TARGET/SERVICE|IMAGE:TAG --why WORDS [--to COMMIT|DIGEST]',
  summary: 'brings a service or a tag back at once, and keeps it there until something newer comes',
  options: [
    WHY,
    ['--to WHAT', 'a full commit or digest; what was there before when absent'],
    ['--past-hold', 'goes past what a person holds; it is on record who said so'],
    ...TELLING_OPTIONS,
  ],
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const subject = subjectOf('rollback', positionals);
    const { why, to } = values;
    if (why === undefined) throw new UsageError('rollback wants --why WORDS');
    const named = to?.startsWith('sha256:') ? { digest: to } : { commit: to };
    return tell(subject, 'rollback', {
      values,
      wish: { why, ...(to !== undefined && named), ...(values['past-hold'] && { pastHold: true }) },
      says: ({ service, tag }) => {
        const back = service?.refused?.back ?? tag?.wanted;
        return `${subject.name} goes back to ${back?.commit ?? back?.digest ?? 'what was there before'}`;
      },
    });
  },
};
