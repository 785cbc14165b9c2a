import type { ImageTest, Limits } from '../../shared/domain/configuration/images.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import { judgeTest, type TestVerdict } from '../../shared/domain/image-tests/judge-test.ts';
import { createTellingLines } from '../../shared/domain/image-tests/telling-lines.ts';
import { TESTS_FOLDER, testFolders } from '../../shared/domain/image-tests/test-folders.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { ContainerFailure, type Containers } from '../../shared/ports/containers.ts';
import { type Checkout, MissingFolder } from '../../shared/ports/forge.ts';

export type TestRun = {
  /** Asked for once there is something to run. */
  readonly containers: () => Promise<Containers>;
  readonly clock: Clock;
  /** Of the commit that the image was built from. */
  readonly checkout: Pick<Checkout, 'folder'>;
  /** As the engine knows it. */
  readonly image: string;
  /** Its full name, for the tests to read (`TEST_IMAGE`); as the engine knows it when absent. */
  readonly name?: string;
  readonly tests: readonly ImageTest[];
  readonly limits?: Limits | undefined;
  readonly output: (line: string) => void;
  readonly signal: AbortSignal;
};

export type TestResult = {
  readonly command: string;
  /** `passed`, `no tests collected`, or `no tests` where the commit has none of its folders. */
  readonly verdict: string;
  readonly seconds: number;
};

/**
 * Runs an image's tests in containers of it, one after the other, until one fails.
 *
 * The folders of a test are put beside each other into `/headway/tests`, where its command is run; a test without
 * folders is run in the image's own folder. A folder that the commit does not have is left out.
 *
 * @throws {BuildFailure} for the first that fails, with its verdict and the lines that tell why.
 * @throws what may pass by itself: no engine, no answer.
 */
export async function runTests(run: TestRun): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  for (const test of run.tests) {
    const began = run.clock.now();
    const { word: verdict } = await runTest(run, test);
    const seconds = (run.clock.now() - began) / 1_000;
    const command = test.command.join(' ');
    run.output(`Test "${command}": ${verdict} after ${seconds.toFixed(1)} s`);
    results.push({ command, verdict, seconds });
  }
  return results;
}

/** Whether any of them has something to run at this commit: one has not whose folders are all missing. */
export async function hasTests(
  checkout: Pick<Checkout, 'folder'>,
  tests: readonly ImageTest[],
): Promise<boolean> {
  for (const { folders } of tests) {
    if (folders.length === 0) return true;
    if ((await foldersOf({ checkout, output() {} }, folders)).size > 0) return true;
  }
  return false;
}

async function runTest(run: TestRun, test: ImageTest): Promise<TestVerdict> {
  const { containers, image, name = image, limits, output, signal } = run;
  const { command } = test;
  const folders = await foldersOf(run, test.folders);
  if (test.folders.length > 0 && folders.size === 0) return { passed: true, word: 'no tests' };
  const telling = createTellingLines();
  const order = {
    image,
    command,
    environment: { TEST_IMAGE: name },
    folders: Object.fromEntries(folders),
    ...(folders.size > 0 && { workingDirectory: TESTS_FOLDER }),
    limits,
    timeout: milliseconds(test.timeout),
  };
  const take = (line: string) => {
    telling.take(line);
    output(line);
  };
  const failed = (why: string, cause?: unknown) => {
    const sentence = `Test "${command.join(' ')}" of "${name}" failed: ${why}`;
    return new BuildFailure([sentence, ...telling.lines()].join('\n'), { cause });
  };
  const place = await containers();
  try {
    const verdict = judgeTest(command, await place.run(order, take, signal));
    if (verdict.passed) return verdict;
    throw failed(verdict.word === 'timed out' ? `no end within ${test.timeout}` : verdict.word);
  } catch (error) {
    throw error instanceof ContainerFailure ? failed(error.message, error) : error;
  }
}

/** From where they are in the container to where they are here. */
async function foldersOf(
  { checkout, output }: Pick<TestRun, 'checkout' | 'output'>,
  folders: readonly string[],
) {
  const found = new Map<string, string>();
  for (const [path, inside] of testFolders(folders)) {
    try {
      found.set(inside, await checkout.folder(path));
    } catch (error) {
      if (!(error instanceof MissingFolder)) throw error;
      output(`The commit has no folder "${path}": its tests are left out`);
    }
  }
  return found;
}
