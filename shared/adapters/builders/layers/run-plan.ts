import type { BuildProgress } from '../../../ports/builder.ts';
import type { Build, EarlierStage, Stage } from './build.ts';
import { expand } from './expansion.ts';
import { type BuildPlan, countSteps, type StagePlan } from './plan.ts';
import { type Refusal, refusalsAt } from './refusals.ts';
import { runStep } from './run-step.ts';
import { beginStage } from './stage.ts';
import { ownValue } from './variables.ts';

export type Outcome = { readonly result: Stage | undefined; readonly refusals: readonly Refusal[] };
type Counter = (source: string) => void;

/**
 * Runs all steps of all stages without writing anything: the result says what the image will be. A step that is
 * refused does not stop the others, so that all refusals are known at once.
 */
export async function runPlan(
  plan: BuildPlan,
  build: Omit<Build, 'globals' | 'escapeMark' | 'stages'>,
  progress: BuildProgress,
): Promise<Outcome> {
  const { escapeMark } = plan;
  const refusals: Refusal[] = [];
  const count = counter(countSteps(plan), progress);
  const globals = new Map<string, string>();
  for (const { action, line, source } of plan.globals) {
    count(source);
    try {
      for (const { name, value } of action.names) {
        const said =
          ownValue(build.args, name) ??
          (value === undefined ? undefined : expand(value, known => globals.get(known), escapeMark));
        if (said !== undefined) globals.set(name, said);
      }
    } catch (error) {
      refusals.push(...refusalsAt(line, error));
    }
  }
  const stages: EarlierStage[] = [];
  for (const stage of plan.stages) {
    const outcome = await runStage(stage, { ...build, globals, escapeMark, stages }, count);
    const { index, name } = stage;
    refusals.push(...outcome.refusals);
    stages.push({ index, result: outcome.result, ...(name !== undefined && { name }) });
  }
  return { result: stages.at(-1)?.result, refusals };
}

async function runStage(plan: StagePlan, build: Build, count: Counter): Promise<Outcome> {
  const refusals: Refusal[] = [];
  count(plan.source);
  if (plan.from === '') return { result: undefined, refusals };
  let stage: Stage;
  try {
    stage = await beginStage(plan, build);
  } catch (error) {
    return { result: undefined, refusals: refusalsAt(plan.line, error) };
  }
  for (const step of plan.steps) {
    build.signal.throwIfAborted();
    count(step.source);
    try {
      stage = await runStep(stage, step, build);
    } catch (error) {
      refusals.push(...refusalsAt(step.line, error));
    }
  }
  return { result: plan.isRefused || refusals.length > 0 ? undefined : stage, refusals };
}

/** Tells of each step as Docker's classic builder does. */
function counter(total: number, progress: BuildProgress): Counter {
  let done = 0;
  return source => {
    done += 1;
    progress.output(`Step ${done}/${total} : ${source}`);
    progress.progress('build', done, total);
  };
}
