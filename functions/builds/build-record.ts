import { instant } from '../../shared/domain/claims.ts';
import type { BuildStep } from '../../shared/domain/documents/build.ts';
import { type BuildLog, createBuildLog } from '../../shared/domain/results/build-log.ts';
import type { InfoOutput } from '../../shared/domain/results/manifest-page.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { BuildResults, TestResult } from './keep-results.ts';

/** What is done to one image, step by step, with what each of them printed; also as far as it came when one fails. */
export type BuildRecord = {
  readonly steps: readonly BuildStep[];
  /** Does one step, under its name; what it prints goes to its log. */
  step<T>(name: StepName, act: (output: (line: string) => void) => Promise<T>): Promise<T>;
  /** A sentence about what went wrong and stops nothing. */
  note(message: string): void;
  readonly info: readonly InfoOutput[];
  keepInfo(info: readonly InfoOutput[]): void;
  /** What the kept files are made of. */
  results(): Pick<BuildResults, 'built' | 'pushed' | 'tests' | 'info' | 'steps'>;
};
export type StepName = 'build' | 'basic tests' | 'integration tests' | 'publish' | 'info' | 'carry';

type Step = { readonly log: BuildLog; passed: boolean };

export function createBuildRecord(clock: Clock, show: (line: string) => void): BuildRecord {
  const steps: BuildStep[] = [];
  const logs = new Map<StepName, Step>();
  let known: readonly InfoOutput[] = [];

  return {
    steps,
    async step(name, act) {
      const began = clock.now();
      const step: Step = { log: createBuildLog(began, { timed: name === 'build' }), passed: false };
      logs.set(name, step);
      const ended = (message?: string) => {
        const now = clock.now();
        step.log.end(now);
        const seconds = Math.max(0, now - began) / 1_000;
        steps.push({ name, at: instant(now), seconds, ...(message !== undefined && { message }) });
      };
      try {
        const result = await act(line => {
          step.log.write(line, clock.now());
          show(line);
        });
        step.passed = true;
        ended();
        return result;
      } catch (error) {
        ended('failed');
        throw error;
      }
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
      const logOf = (name: StepName) => logs.get(name)?.log.text() ?? '';
      const test = (name: StepName): TestResult | undefined => {
        const step = logs.get(name);
        return step === undefined ? undefined : { passed: step.passed, log: step.log.text() };
      };
      const built = logs.get('build');
      const published = logs.get('publish');
      return {
        ...(built !== undefined && { built: { success: built.passed, log: logOf('build') } }),
        ...(published !== undefined && { pushed: { success: published.passed, log: logOf('publish') } }),
        tests: { basic: test('basic tests'), integration: test('integration tests') ?? 'skipped' },
        info: known,
        steps,
      };
    },
  };
}
