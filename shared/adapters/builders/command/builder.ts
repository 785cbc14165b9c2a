import { readFile } from 'node:fs/promises';
import { formatImageReference, repositoryName } from '../../../domain/names/image-reference.ts';
import { type Builder, BuildFailure, type BuildOrder } from '../../../ports/builder.ts';
import { createLines } from '../../containers/lines.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import { failureOf } from '../../targets/command/last-lines.ts';
import { runProgram } from '../../targets/command/run-program.ts';
import { startProblem } from '../../targets/command/start-problem.ts';
import { type ProgramRegistry, pushByProgram } from '../push-by-program.ts';
import { createPrivateFolders } from './private-folders.ts';
import { type Surroundings, writeSurroundings } from './surroundings.ts';

export type CommandBuilderOptions = {
  /** The program that builds and pushes, and its arguments. */
  readonly command: readonly string[];
  /** Added to its environment, secrets resolved. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes these, and the secrets of the environment, out of what the program wrote. */
  readonly redact: (secrets: readonly string[]) => (text: string) => string;
  readonly credentials: CredentialsFor;
  readonly registry: ProgramRegistry;
  /** headway's own environment, of which the program gets PATH and HOME only. */
  readonly outside: Readonly<Record<string, string | undefined>>;
  /** Secrets and logins are written below this folder while the program runs. */
  readonly temporary: string;
};

/** EX_TEMPFAIL of sysexits.h: "temporary failure; user is invited to retry". https://man.openbsd.org/sysexits.3 */
const TEMPORARY = 75;

/**
 * Builds with any program that can push an image (buildah, Bazel, ko, make), run without a shell in the folder of
 * the build context on this machine. What it is told is in {@link tellOrder}. Exit code 0 is success, 75 what
 * may pass by itself, any other a failure whose reason is what it wrote last. It is ended, with its process group,
 * when the signal says so.
 *
 * It pushes itself ({@link pushByProgram}). An order's check gets the image by digest once it is pushed. Limits are
 * for the program to keep.
 */
export function createCommandBuilder(options: CommandBuilderOptions): Builder {
  const { command, registry, credentials, temporary } = options;
  const folders = createPrivateFolders(temporary);
  return {
    name: 'command',
    async build(order, progress, signal) {
      signal.throwIfAborted();
      progress.progress('build', 0, 1);
      const following = { registry, program: command[0] ?? '', signal };
      return await folders.within(async folder => {
        const digest = await pushByProgram(order, following, async given => {
          const surroundings = await writeSurroundings(given, { folder, credentials });
          const redact = options.redact(surroundings.hidden);
          const output = (line: string) => progress.output(redact(line));
          await run(options, { order: given, surroundings, redact, output, signal });
          return (await readFile(surroundings.digestFile, 'utf8').catch(() => '')).trim();
        });
        progress.output(`Pushed ${formatImageReference({ ...order.image, digest })}`);
        progress.progress('build', 1, 1);
        await order.check?.(`${repositoryName(order.image)}@${digest}`);
        signal.throwIfAborted();
        return { digest };
      });
    },
  };
}

type Run = {
  readonly order: BuildOrder;
  readonly surroundings: Surroundings;
  readonly redact: (text: string) => string;
  readonly output: (line: string) => void;
  readonly signal: AbortSignal;
};

async function run({ command, environment, outside }: CommandBuilderOptions, its: Run): Promise<void> {
  const { order, surroundings, redact, output, signal } = its;
  const { PATH, HOME } = outside;
  const given = { ...(PATH !== undefined && { PATH }), ...(HOME !== undefined && { HOME }), ...environment };
  const cannot = `Cannot build ${JSON.stringify(formatImageReference(order.image))}`;
  const lines = createLines(output);
  const how = {
    environment: { ...given, ...surroundings.variables },
    folder: order.context,
    signal,
    output: lines.write,
  };
  const result = await runProgram(command, how).catch(error => {
    const problem = startProblem(error, { program: command[0] ?? '', folder: order.context });
    throw problem === undefined ? error : new BuildFailure(`${cannot}: ${problem}`, { cause: error });
  });
  lines.end();
  if (result.code === 0) return;
  const reason = `${cannot}: ${failureOf(command, { result, redact })}`;
  throw result.code === TEMPORARY ? new Error(reason) : new BuildFailure(reason);
}
