import { type Instruction, readDockerfile } from './dockerfile.ts';
import { readAction } from './read-action.ts';
import { type Refusal, refusalsAt, StepRefused } from './refusals.ts';
import type { ArgAction, Step } from './steps.ts';

export type StagePlan = {
  readonly index: number;
  /** Lower case, as it is compared. */
  readonly name?: string;
  /** An image, `scratch` or an earlier stage; variables are not replaced yet. */
  readonly from: string;
  readonly platform?: string;
  readonly steps: readonly Step[];
  readonly line: number;
  readonly source: string;
};

export type BuildPlan = {
  /** The ARGs before the first FROM, which FROM lines may use. */
  readonly globals: readonly (Step & { readonly action: ArgAction })[];
  readonly stages: readonly StagePlan[];
  readonly escapeMark: string;
  /** Everything that cannot be built, whatever the files are. */
  readonly refusals: readonly Refusal[];
};

/** Pure: the text of a Dockerfile as stages and steps. */
export function planBuild(content: string): BuildPlan {
  const { instructions, escapeMark } = readDockerfile(content);
  const globals: BuildPlan['globals'][number][] = [];
  const stages: (StagePlan & { readonly steps: Step[] })[] = [];
  const refusals: Refusal[] = [];
  for (const instruction of instructions) {
    try {
      const stage = stages.at(-1);
      if (instruction.keyword === 'FROM') {
        stages.push(readFrom(instruction, stages.length));
      } else {
        const action = readAction(instruction, escapeMark);
        const { line, source } = instruction;
        if (stage !== undefined) stage.steps.push({ action, line, source });
        else if (action.kind === 'arg') globals.push({ action, line, source });
        else throw new StepRefused(`${instruction.keyword} comes before the first FROM; only ARG may`);
      }
    } catch (error) {
      refusals.push(...refusalsAt(instruction.line, error));
    }
  }
  if (!instructions.some(({ keyword }) => keyword === 'FROM')) {
    refusals.push({ line: 1, message: 'there is no FROM; begin with FROM scratch or FROM an image' });
  }
  return { globals, stages, escapeMark, refusals };
}

/** How many steps a build counts up to, as Docker's classic builder counts them. */
export function countSteps({ globals, stages }: BuildPlan): number {
  return globals.length + stages.reduce((sum, stage) => sum + 1 + stage.steps.length, 0);
}

function readFrom({ text, flags, line, source }: Instruction, index: number): StagePlan & { steps: Step[] } {
  const [, from = '', name] = /^(\S+)(?:\s+[Aa][Ss]\s+(\S+))?$/.exec(text) ?? [];
  if (from === '') throw new StepRefused('FROM needs an image, and no more than AS and a name behind it');
  const unknown = flags.find(flag => flag.name !== 'platform' || !flag.value);
  if (unknown !== undefined) throw new StepRefused(`FROM --${unknown.name} is not supported`);
  if (name !== undefined && !/^[a-z][a-z0-9_.-]*$/i.test(name)) {
    throw new StepRefused(
      `${JSON.stringify(name)} is not a name for a stage: expected a letter, then letters, digits, _ . -`,
    );
  }
  const platform = flags.at(-1)?.value;
  return {
    index,
    from,
    steps: [],
    line,
    source,
    ...(name !== undefined && { name: name.toLowerCase() }),
    ...(platform !== undefined && { platform }),
  };
}
