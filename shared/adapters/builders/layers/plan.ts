import { type Instruction, readDockerfile } from './dockerfile.ts';
import { readAction } from './read-action.ts';
import { type Refusal, refusalsAt, StepRefused } from './refusals.ts';
import type { ArgAction, Step } from './steps.ts';

export type StagePlan = {
  readonly index: number;
  /** Lower case, as it is compared. */
  readonly name?: string;
  /** An image, `scratch` or an earlier stage; variables are not replaced yet. Empty where it was refused. */
  readonly from: string;
  readonly platform?: string;
  readonly steps: readonly Step[];
  /** Whether a step of it was refused: then what it would hold is not known. */
  readonly isRefused: boolean;
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
  const plan: Planned = { globals: [], stages: [] };
  const refusals: Refusal[] = [];
  for (const instruction of instructions) {
    try {
      addInstruction(plan, instruction, escapeMark);
    } catch (error) {
      const { keyword, line, source } = instruction;
      // Steps behind a FROM that cannot be read are read all the same, for what else is wrong.
      if (keyword === 'FROM') {
        plan.stages.push({ ...NO_STAGE, index: plan.stages.length, steps: [], line, source });
      }
      const stage = plan.stages.at(-1);
      if (stage !== undefined) stage.isRefused = true;
      refusals.push(...refusalsAt(line, error));
    }
  }
  if (!instructions.some(({ keyword }) => keyword === 'FROM')) {
    refusals.push({ line: 1, message: 'there is no FROM; begin with FROM scratch or FROM an image' });
  }
  return { ...plan, escapeMark, refusals };
}

function addInstruction(plan: Planned, instruction: Instruction, escapeMark: string): void {
  const { keyword, line, source } = instruction;
  if (keyword === 'FROM') {
    plan.stages.push(readFrom(instruction, plan.stages.length));
    return;
  }
  const action = readAction(instruction, escapeMark);
  const stage = plan.stages.at(-1);
  if (stage !== undefined) stage.steps.push({ action, line, source });
  else if (action.kind === 'arg') plan.globals.push({ action, line, source });
  else throw new StepRefused(`${keyword} comes before the first FROM; only ARG may`);
}

const NO_STAGE = { from: '', isRefused: true };

/** How many steps a build counts up to, as Docker's classic builder counts them. */
export function countSteps({ globals, stages }: BuildPlan): number {
  return globals.length + stages.reduce((sum, stage) => sum + 1 + stage.steps.length, 0);
}

type Reading = Omit<StagePlan, 'steps' | 'isRefused'> & { readonly steps: Step[]; isRefused: boolean };
type Planned = { readonly globals: BuildPlan['globals'][number][]; readonly stages: Reading[] };

function readFrom({ text, flags, line, source }: Instruction, index: number): Reading {
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
    isRefused: false,
    line,
    source,
    ...(name !== undefined && { name: name.toLowerCase() }),
    ...(platform !== undefined && { platform }),
  };
}
