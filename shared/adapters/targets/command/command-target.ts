import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryName } from '../../../domain/names/image-reference.ts';
import { PermanentError } from '../../../domain/permanent-error.ts';
import type { Answer, Observation, Target } from '../../../ports/target.ts';
import { createToldMemory } from '../told/told-memory.ts';
import { createToldTarget, type Telling } from '../told/told-target.ts';
import { failureOf, lastLines } from './last-lines.ts';
import { parseObservation } from './observation.ts';
import { type ProgramResult, runProgram } from './run-program.ts';
import { startProblem } from './start-problem.ts';

export type CommandTargetOptions = {
  /** The program that deploys, and its arguments. */
  readonly run: readonly string[];
  /** The program that says what runs: see {@link parseObservation}. */
  readonly observe?: readonly string[] | undefined;
  /** Added to the environment of both, secrets resolved. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes secrets out of what the programs wrote. */
  readonly redact: (text: string) => string;
  /** Where both run; a folder under `root` when absent. */
  readonly folder?: string | undefined;
  /** A folder of the target's own, for what it remembers. */
  readonly root: string;
  /** headway's own environment, of which the programs get PATH and HOME only. */
  readonly outside: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that the observing program may take; half a minute when absent. */
  readonly patience?: number;
};

/** EX_TEMPFAIL of sysexits.h: "temporary failure; user is invited to retry". https://man.openbsd.org/sysexits.3 */
const TEMPORARY = 75;

/**
 * Deploys by running a program without a shell, such as `ansible-playbook`, `nomad`, `docker compose` or
 * `docker run` (a container in the place of a program gets the variables by `--env IMAGE --env DIGEST …`).
 *
 * Its environment is PATH and HOME, what is configured, and: IMAGE (`registry/repository@digest`), DIGEST, SERVICE
 * (what the target calls it), PREVIOUS (the digest that ran before; empty when unknown) and COMMIT (likewise).
 * Exit code 0 is success, 75 a failure that may pass by itself, any other a failure whose reason is what it wrote
 * last. It has to be safe to repeat, and to leave what runs alone when it fails. It is ended, with its process
 * group, when the service's time is over.
 */
export function createCommandTarget(options: CommandTargetOptions): Target {
  const { run, observe, environment, redact, root, outside, patience = 30_000 } = options;
  const folder = options.folder ?? join(root, 'work');
  const { PATH, HOME } = outside;
  const given = { ...(PATH !== undefined && { PATH }), ...(HOME !== undefined && { HOME }), ...environment };

  /** @throws {PermanentError} the rest of a sentence, when somebody has to mend something before it can start. */
  async function start(
    program: readonly string[],
    { signal, variables }: { readonly signal: AbortSignal; readonly variables: Record<string, string> },
  ): Promise<ProgramResult> {
    if (options.folder === undefined) await mkdir(folder, { recursive: true });
    const how = { environment: { ...given, ...variables }, folder, signal };
    return await runProgram(program, how).catch(error => {
      const problem = startProblem(error, { program: program[0] ?? '', folder });
      throw problem === undefined ? error : new PermanentError(problem, { cause: error });
    });
  }

  async function tell({ order, workload, previous, signal }: Telling): Promise<Answer> {
    const { name, image, commit } = order;
    const variables = {
      IMAGE: `${repositoryName(image)}@${image.digest}`,
      DIGEST: image.digest,
      SERVICE: workload,
      PREVIOUS: previous ?? '',
      COMMIT: commit ?? '',
    };
    const doing = `Cannot deploy "${name}"`;
    const result = await start(run, { signal, variables }).catch(error => {
      throw error instanceof PermanentError ? new PermanentError(`${doing}: ${error.message}`) : error;
    });
    if (result.code === 0) return { kind: 'accepted' };
    const reason = `${doing}: ${failureOf(run, { result, redact })}`;
    if (result.code === TEMPORARY) throw new Error(reason);
    return { kind: 'failed', reason };
  }

  async function look(program: readonly string[], workload: string): Promise<Observation> {
    const signal = AbortSignal.timeout(patience);
    try {
      const result = await start(program, { signal, variables: { SERVICE: workload } });
      if (result.code !== 0) throw new Error(failureOf(program, { result, redact }));
      const seen = parseObservation(result.stdout);
      if (seen !== undefined) return 'reason' in seen ? { ...seen, reason: redact(seen.reason) } : seen;
      const words = lastLines(result.stdout, redact);
      throw new Error(`expected a digest from "${program[0]}", which printed: ${words}`);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      const problem = signal.aborted ? `"${program[0]}" took too long and was ended` : said;
      throw new Error(`Cannot see what runs of "${workload}": ${problem}`, { cause: error });
    }
  }

  return createToldTarget({
    memory: createToldMemory(join(root, 'deployed')),
    tell,
    look: observe === undefined ? undefined : workload => look(observe, workload),
  });
}
