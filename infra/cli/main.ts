import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { type Command, CommandError, exitCodes, UsageError } from './command.ts';
import { accept } from './commands/accept.ts';
import { apply } from './commands/apply.ts';
import { approve } from './commands/approve.ts';
import { build } from './commands/build.ts';
import { cancel } from './commands/cancel.ts';
import { check } from './commands/check.ts';
import { diff } from './commands/diff.ts';
import { gate } from './commands/gate.ts';
import { graph } from './commands/graph.ts';
import { hold } from './commands/hold.ts';
import { holds } from './commands/holds.ts';
import { move } from './commands/move.ts';
import { pause } from './commands/pause.ts';
import { plan } from './commands/plan.ts';
import { promote } from './commands/promote.ts';
import { queue } from './commands/queue.ts';
import { redeploy } from './commands/redeploy.ts';
import { release } from './commands/release.ts';
import { replay } from './commands/replay.ts';
import { resume } from './commands/resume.ts';
import { retry } from './commands/retry.ts';
import { rollback } from './commands/rollback.ts';
import { status } from './commands/status.ts';
import { undo } from './commands/undo.ts';
import { up } from './commands/up.ts';
import { why } from './commands/why.ts';
import { usageOf } from './usage.ts';
import { version } from './version.ts';

export const commands: readonly Command[] = [
  up,
  check,
  apply,
  plan,
  build,
  graph,
  status,
  why,
  diff,
  queue,
  cancel,
  retry,
  move,
  pause,
  resume,
  promote,
  approve,
  gate,
  undo,
  hold,
  holds,
  release,
  rollback,
  accept,
  redeploy,
  replay,
];

/** Runs one command of `headway` and gives its exit code; every failure is a sentence, never a stack trace. */
export async function main(words: readonly string[]): Promise<number> {
  const [name = 'help', ...rest] = words;
  if (name === 'help' || name === '--help' || name === '-h') return say(usageOf(commands));
  if (name === '--version' || name === '-v') return say(version());
  const command = commands.find(candidate => candidate.name === name);
  try {
    if (command === undefined) throw new UsageError(`there is no command "${name}"`);
    if (rest.includes('--help') || rest.includes('-h')) return say(usageOf([command]));
    return await command.run(rest);
  } catch (error) {
    return failed(error, command);
  }
}

function failed(error: unknown, command: Command | undefined): number {
  if (error instanceof UsageError || isArgumentError(error)) {
    process.stderr.write(
      `headway: ${error.message}\n\n${usageOf(command === undefined ? commands : [command])}\n`,
    );
    return exitCodes.usage;
  }
  if (error instanceof CommandError || error instanceof PermanentError) {
    process.stderr.write(`headway: ${error.message}\n`);
    return error instanceof CommandError ? error.exitCode : exitCodes.failed;
  }
  const debug = process.env['HEADWAY_DEBUG'] !== undefined;
  const text = error instanceof Error ? ((debug ? error.stack : undefined) ?? error.message) : String(error);
  process.stderr.write(`headway: ${text}${debug ? '' : ' (HEADWAY_DEBUG=1 tells more)'}\n`);
  return exitCodes.failed;
}

/** `util.parseArgs` tells of unknown options with these codes. */
function isArgumentError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return exitCodes.done;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
