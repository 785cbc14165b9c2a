import { parseArgs } from 'node:util';
import type { Command } from '../command.ts';
import { TELLING, TELLING_OPTIONS } from '../tell.ts';
import { tellBuild } from '../tell-build.ts';

export const retry: Command = {
  name: 'retry',
  words: 'IMAGE:COMMIT',
  summary:
    'tries a build that has ended again, and what gave up because of it; after a success it is built anew',
  options: TELLING_OPTIONS,
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: TELLING, allowPositionals: true });
    return tellBuild('retry', positionals, {
      values,
      says: ({ image, commit }) => `${image}:${commit.slice(0, 7)} waits for its turn again`,
    });
  },
};
