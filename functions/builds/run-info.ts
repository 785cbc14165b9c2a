import type { ImageInfo, Limits } from '../../shared/domain/configuration/images.ts';
import type { InfoOutput } from '../../shared/domain/results/manifest-page.ts';
import { ContainerFailure, type Containers } from '../../shared/ports/containers.ts';

export type InfoRun = {
  readonly containers: Containers;
  /** As the engine knows it. */
  readonly image: string;
  readonly info: readonly ImageInfo[];
  readonly limits?: Limits | undefined;
  /** Milliseconds that one command may take. */
  readonly timeout?: number;
  readonly signal: AbortSignal;
};

const MINUTES_5 = 300_000;
/** Characters of one command's output that are kept. */
const KEPT = 512 * 1024;

/**
 * Runs each command by a shell in a container of the image. One that fails, in whatever way, has no output, and
 * those after it are run all the same.
 *
 * @throws what may pass by itself: no engine, no answer.
 */
export async function runInfo({ info, ...run }: InfoRun): Promise<readonly InfoOutput[]> {
  const results: InfoOutput[] = [];
  for (const { description, command } of info) {
    results.push({ description, command, output: await outputOf(command, run) });
  }
  return results;
}

async function outputOf(
  script: string,
  { containers, image, limits, timeout = MINUTES_5, signal }: Omit<InfoRun, 'info'>,
): Promise<string | undefined> {
  const lines: string[] = [];
  let kept = 0;
  const take = (line: string) => {
    if (kept > KEPT) return;
    kept += line.length + 1;
    lines.push(kept > KEPT ? '… (cut)' : line);
  };
  try {
    const order = { image, command: ['sh', '-c', script], limits, timeout };
    const end = await containers.run(order, take, signal);
    return end.kind === 'exited' && end.code === 0 ? lines.join('\n') : undefined;
  } catch (error) {
    if (error instanceof ContainerFailure) return undefined;
    throw error;
  }
}
