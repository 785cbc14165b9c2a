import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateConfiguration } from '../../../domain/configuration/gates.ts';
import { type Exit, judgeExit } from '../../../domain/gates/judge-exit.ts';
import { fillIn, variablesOf, wantsReport } from '../../../domain/gates/words.ts';
import type { Gate } from '../../../ports/gate.ts';
import { createLines } from '../../containers/lines.ts';
import { runProgram } from '../../targets/command/run-program.ts';
import { inPrivateFolder } from '../private-folder.ts';
import { withinTime } from '../within-time.ts';

type Options = Pick<
  Extract<GateConfiguration, { kind: 'command' }>,
  'run' | 'environment' | 'folder' | 'timeout'
> & {
  /** headway's own environment, of which the program gets PATH and HOME only. */
  readonly outside: Readonly<Record<string, string | undefined>>;
};

/** A report that is larger tells nobody anything. */
const LARGEST_REPORT = 32 * 1024 * 1024;

/** Runs a program on this machine, without a shell, and ends it with its process group when its time is over. */
export function createCommandGate({ run, environment, folder, timeout, outside }: Options): Gate {
  const { PATH, HOME } = outside;
  const given = { ...(PATH !== undefined && { PATH }), ...(HOME !== undefined && { HOME }), ...environment };
  return {
    ask: (question, output, signal) =>
      inPrivateFolder({}, async own => {
        const report = join(own, 'report.xml');
        const words = fillIn(run, question, report);
        const work = folder ?? join(own, 'work');
        if (folder === undefined) await mkdir(work);
        const lines = createLines(output);
        return withinTime({ timeout, signal }, async ending => {
          const variables = { ...given, ...variablesOf(question) };
          const how = { environment: variables, folder: work, signal: ending, output: lines.write };
          const ended = await runProgram(words, how).catch((error: unknown) => {
            throw startProblem(error, { program: words[0] ?? '', folder: work }) ?? error;
          });
          lines.end();
          const left = wantsReport(run) ? await readLeft(report) : undefined;
          return judgeExit(words, { ...ended, report: left });
        });
      }),
  };
}

async function readLeft(path: string): Promise<Exit['report']> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'EISDIR') return undefined;
    throw error;
  });
  return text === undefined || text.length > LARGEST_REPORT ? 'missing' : { text };
}

function startProblem(
  error: unknown,
  { program, folder }: { readonly program: string; readonly folder: string },
): Error | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOENT' && code !== 'EACCES') return undefined;
  const why = code === 'EACCES' ? 'may not be run' : `is not there, or folder "${folder}" is not`;
  return new Error(`program "${program}" ${why}; install it, or name another`, { cause: error });
}
