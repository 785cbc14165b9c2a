import { parseArgs } from 'node:util';
import { type Command, UsageError } from '../command.ts';
import { TELLING, TELLING_OPTIONS } from '../tell.ts';
import { tellBuild } from '../tell-build.ts';

const OPTIONS = {
  ...TELLING,
  first: { type: 'boolean' },
  last: { type: 'boolean' },
  priority: { type: 'string' },
} as const;

export const move: Command = {
  name: 'move',
  words: 'IMAGE:COMMIT --first|--last|--priority N',
  summary: 'gives a build that waits, and the parents that it waits for, another place in the queue',
  options: [
    ['--first', 'before all that wait'],
    ['--last', 'behind all that wait'],
    ['--priority N', 'a whole number; higher ones are built first, 0 is usual (=-1 for a lower one)'],
    ...TELLING_OPTIONS,
  ],
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    return tellBuild('move', positionals, {
      values,
      wish: { to: aimOf(values) },
      says: ({ image, commit, priority = 0 }) =>
        `${image}:${commit.slice(0, 7)} is at priority ${priority}; headway queue shows its place`,
    });
  },
};

type Aims = { readonly first?: boolean; readonly last?: boolean; readonly priority?: string };

function aimOf({ first, last, priority }: Aims): 'first' | 'last' | number {
  const aims = [
    ...(first === true ? ['first' as const] : []),
    ...(last === true ? ['last' as const] : []),
    ...(priority === undefined ? [] : [numberIn(priority)]),
  ];
  const [aim, ...more] = aims;
  if (aim === undefined || more.length > 0) {
    throw new UsageError('move wants one of --first, --last and --priority N');
  }
  return aim;
}

function numberIn(text: string): number {
  if (/^-?\d{1,6}$/.test(text)) return Number(text);
  throw new UsageError('--priority takes a whole number such as 10 or -1');
}
