import { buildSettings } from '../../shared/domain/builds/build-settings.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ShowProgress } from '../../shared/ports/progress.ts';
import { type BuildImage, buildImage } from './build-image.ts';
import { type BuildRecord, createBuildRecord } from './build-record.ts';
import { type End, type FinishBuild, finishBuild } from './finish-build.ts';
import { type KeepFiles, keepFiles } from './keep-files.ts';
import { createOutput } from './output.ts';
import type { Taken } from './take-place.ts';

export type MakeImage = BuildImage &
  FinishBuild &
  KeepFiles & { readonly clock: Clock; readonly show: ShowProgress };

/** A failure that may pass by itself is tried this often in all. */
const TRIES = 4;
/** What timers can wait for. */
const LONGEST_MS = 2 ** 31 - 1;

/** Builds, tests and pushes an image, keeps what is left of that, and tells its end. */
export async function makeImage(its: MakeImage, build: Build, { place, lost }: Making): Promise<void> {
  const output = createOutput(its, build);
  const record = createBuildRecord(its.clock, output.output);
  const end = await endOf(its, build, { output, record, place, lost });
  const results = await keepFiles(its, build, { record, end });
  const { steps } = record;
  await finishBuild(its, build, { ...end, steps, results, log: output.tail(), builder: output.builder });
}

type Making = {
  readonly place: Taken;
  /** Aborted when the claim is lost. */
  readonly lost: AbortSignal;
};
type Trying = Making & {
  readonly output: ReturnType<typeof createOutput>;
  readonly record: BuildRecord;
};

/** @throws what may pass by itself, until it was tried often enough. */
async function endOf(its: MakeImage, build: Build, { output, record, place, lost }: Trying): Promise<End> {
  const { deaths = 0, startedAt } = build;
  const timeout = buildSettings(its.configuration, build)?.timeout ?? its.configuration.builds.timeout;
  const now = its.clock.now();
  const ends = (startedAt === undefined ? now : Date.parse(startedAt)) + milliseconds(timeout);
  const tooLate = { failure: `no end within ${timeout}${killed(deaths)}` };
  if (ends <= now) return tooLate;
  const over = AbortSignal.timeout(Math.min(LONGEST_MS, ends - now));
  try {
    const built = await buildImage(its, build, {
      record,
      place,
      progress: output.progress,
      told: name => {
        output.builder = name;
      },
      signal: AbortSignal.any([lost, over]),
    });
    return { built };
  } catch (error) {
    if (lost.aborted) throw error;
    if (over.aborted) return tooLate;
    const isFinal = error instanceof BuildFailure || error instanceof PermanentError;
    if (isFinal || build.attempts + 1 >= TRIES) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
    throw error;
  }
}

/** What may be the reason that a build came to no end. */
function killed(deaths: number): string {
  if (deaths === 0) return '';
  return `; headway was killed ${deaths === 1 ? 'once' : `${deaths} times`} while it was built`;
}
