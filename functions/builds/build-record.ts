import { instant } from '../../shared/domain/claims.ts';
import type { BuildStep } from '../../shared/domain/documents/build.ts';
import { type BuildLog, createBuildLog } from '../../shared/domain/results/build-log.ts';
import type { InfoOutput } from '../../shared/domain/results/manifest-page.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { BuildResults, TestResult } from './keep-results.ts';

/** What is done to one image, step by step, with what each of them printed; also as far as it came when one fails. */
export type BuildRecord = {
  /** In the order in which they began. */
  readonly steps: readonly BuildStep[];
  /**
   * Does one step, under its name; what it prints goes to its log. One that is done within another is apart from it:
   * neither its time nor its failure is the other's.
   */
  step<T>(name: StepName, act: (output: (line: string) => void) => Promise<T>): Promise<T>;
  /** One line of whatever step is being done. */
  output(line: string): void;
  /** A sentence about what went wrong and stops nothing. */
  note(message: string): void;
  readonly info: readonly InfoOutput[];
  keepInfo(info: readonly InfoOutput[]): void;
  /** What the kept files are made of. */
  results(): Pick<BuildResults, 'built' | 'pushed' | 'tests' | 'info' | 'steps'>;
};
export type StepName =
  | 'build'
  | 'basic tests'
  | 'push'
  | 'integration tests'
  | 'publish'
  | 'info'
  | 'prune'
  | 'manifest'
  | 'carry';

type Step = {
  readonly log: BuildLog;
  /** Its own time stands still while another step is done within it. */
  now: () => number;
  /** left: it did its own part, and a step within it failed. */
  end: 'none' | 'passed' | 'left' | 'failed';
};

export function createBuildRecord(clock: Clock, show: (line: string) => void): BuildRecord {
  const steps: BuildStep[] = [];
  const done = new Map<StepName, Step>();
  let current: Step | undefined;
  let failure: unknown;
  let known: readonly InfoOutput[] = [];

  const write = (step: Step | undefined, line: string) => {
    step?.log.write(line, step.now());
    show(line);
  };
  return {
    steps,
    async step(name, act) {
      const [outer, began, place] = [current, clock.now(), steps.length];
      const resume = outer === undefined ? () => {} : pause(outer, clock);
      const log = createBuildLog(began, { timed: name === 'build' });
      const step: Step = { log, now: clock.now, end: 'none' };
      done.set(name, step);
      current = step;
      try {
        const result = await act(line => write(step, line));
        step.end = 'passed';
        return result;
      } catch (error) {
        step.end = isOf(error, failure) ? 'left' : 'failed';
        failure = error;
        throw error;
      } finally {
        const now = step.now();
        log.end(now);
        const message = step.end === 'failed' ? { message: 'failed' } : {};
        steps.splice(place, 0, {
          name,
          at: instant(now),
          seconds: Math.max(0, now - began) / 1_000,
          ...message,
        });
        current = outer;
        resume();
      }
    },
    output(line) {
      write(current, line);
    },
    note(message) {
      steps.push({ name: 'note', at: instant(clock.now()), message });
    },
    get info() {
      return known;
    },
    keepInfo(info) {
      known = info;
    },
    results() {
      return { ...resultsOf(done), info: known, steps };
    },
  };
}

/** Whoever goes on with it has its time go on from here. */
function pause(step: Step, clock: Clock): () => void {
  const [running, since] = [step.now, step.now()];
  const from = clock.now();
  step.now = () => since;
  return () => {
    const away = clock.now() - from;
    step.now = () => running() - away;
  };
}

/** Builders hand on what a step of theirs throws, some as the cause of what they say of it. */
function isOf(error: unknown, failure: unknown): boolean {
  if (failure === undefined) return false;
  return error === failure || (error instanceof Error && error.cause === failure);
}

function resultsOf(done: ReadonlyMap<StepName, Step>): Pick<BuildResults, 'built' | 'pushed' | 'tests'> {
  const success = (step: Step) => step.end === 'passed' || step.end === 'left';
  const test = (name: StepName): TestResult | undefined => {
    const step = done.get(name);
    return step && { passed: success(step), log: step.log.text() };
  };
  const [built, push, publish] = [done.get('build'), done.get('push'), done.get('publish')];
  // Many builders push in one go with building: they have done it once they have ended well.
  const pushed = publish ?? push ?? (built?.end === 'passed' ? built : undefined);
  const log = [push, publish].map(step => step?.log.text() ?? '').join('');
  return {
    ...(built && { built: { success: success(built), log: built.log.text() } }),
    ...(pushed && { pushed: { success: success(pushed), log } }),
    tests: { basic: test('basic tests'), integration: test('integration tests') ?? 'skipped' },
  };
}
