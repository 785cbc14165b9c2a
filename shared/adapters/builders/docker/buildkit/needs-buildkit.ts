import { Copy, DockerfileParser, type Instruction, ModifiableInstruction, Run } from 'dockerfile-ast';
import type { BuildOrder } from '../../../../ports/builder.ts';

/** What the engine's older builder knows: https://github.com/moby/moby/blob/v20.10.24/builder/dockerfile/dispatchers.go */
const OLDER: Readonly<Record<string, readonly string[]>> = {
  RUN: [],
  COPY: ['from', 'chown'],
  ADD: ['chown'],
};

/**
 * Why only BuildKit can build this, in a few words; nothing where the engine's older builder can too. That one is
 * taken where it can be: it knows limits, and forgets exactly what one build left.
 */
export function needsBuildKit({ secrets = {} }: BuildOrder, dockerfile: string): string | undefined {
  const names = Object.keys(secrets);
  if (names.length > 0) return `secrets (${names.join(', ')})`;
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    const word = newerWord(instruction);
    const line = instruction.getRange().start.line + 1;
    if (word !== undefined) return `${word} of ${instruction.getKeyword()} in line ${line}`;
  }
  return undefined;
}

function newerWord(instruction: Instruction): string | undefined {
  if ((instruction instanceof Run || instruction instanceof Copy) && instruction.getHeredocs().length > 0) {
    return 'the here-document';
  }
  const known = OLDER[instruction.getKeyword()];
  if (known === undefined || !(instruction instanceof ModifiableInstruction)) return undefined;
  const flag = instruction.getFlags().find(its => !known.includes(its.getName()));
  return flag === undefined ? undefined : `--${flag.getName()}`;
}
