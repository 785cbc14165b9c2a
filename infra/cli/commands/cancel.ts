import { parseArgs } from 'node:util';
import type { Command } from '../command.ts';
import { TELLING_OPTIONS, TELLING_WHY, WHY } from '../tell.ts';
import { tellBuild } from '../tell-build.ts';

export const cancel: Command = {
  name: 'cancel',
  words: 'IMAGE:COMMIT [--why WORDS]',
  summary: 'gives up a build that waits or is under way, and with it what stands on it',
  options: [WHY, ...TELLING_OPTIONS],
  async run(words) {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: TELLING_WHY,
      allowPositionals: true,
    });
    const { why } = values;
    return tellBuild('cancel', positionals, {
      values,
      ...(why !== undefined && { wish: { why } }),
      says: ({ image, commit }) =>
        `${image}:${commit.slice(0, 7)} is cancelled; headway retry has it built after all`,
    });
  },
};
