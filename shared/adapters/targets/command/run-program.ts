import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as later } from 'node:timers/promises';

export type ProgramRun = {
  /** All that it gets of the surroundings. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it runs. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Told of its output as it comes. */
  readonly output?: (piece: Uint8Array, stream: 'stdout' | 'stderr') => void;
  /** Leaves its input open, without a word, until it ends; else there is none. */
  readonly holdInput?: boolean;
};
export type ProgramResult = {
  /** What it exited with; nothing when a signal ended it. */
  readonly code: number | undefined;
  readonly killedBy: string | undefined;
  /** The end of what it wrote to standard output. */
  readonly stdout: string;
  /** The end of what it wrote to both, in the order in which it came. */
  readonly output: string;
};

/** The most bytes of output that are kept: the last ones. */
const KEPT = 64 * 1024;
/** For how many milliseconds a program may clean up after it was asked to end. */
const GRACE = 2_000;
/** For how many milliseconds output is awaited after the end: what it left running may hold on to it for ever. */
const DRAIN = 500;

/**
 * Runs a program without a shell. When the signal says so it is ended, with all it started in its process group:
 * first asked, then killed.
 *
 * @throws what the signal says; an error with `code` when the program cannot be started (ENOENT, EACCES).
 */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  { environment, folder, signal, output: tell = () => {}, holdInput = false }: ProgramRun,
): Promise<ProgramResult> {
  signal.throwIfAborted();
  // A group of its own, so that its children can be ended with it; and nobody can be asked anything.
  const options = { cwd: folder, env: environment, detached: true } as const;
  const child = holdInput
    ? spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
    : spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout = createTail();
  const output = createTail();
  child.stdout
    .on('data', stdout.add)
    .on('data', output.add)
    .on('data', piece => tell(piece, 'stdout'));
  child.stderr.on('data', output.add).on('data', piece => tell(piece, 'stderr'));
  const closed = new Promise<Pick<ProgramResult, 'code' | 'killedBy'>>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', async (code, killedBy) => {
      await Promise.race([once(child, 'close'), later(DRAIN, undefined, { ref: false })]);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ code: code ?? undefined, killedBy: killedBy ?? undefined });
    });
  });
  const end = () => void endGroup(child.pid, closed);
  signal.addEventListener('abort', end);
  try {
    const ended = await closed;
    signal.throwIfAborted();
    return { ...ended, stdout: stdout.text(), output: output.text() };
  } finally {
    signal.removeEventListener('abort', end);
  }
}

async function endGroup(pid: number | undefined, closed: Promise<unknown>): Promise<void> {
  if (pid === undefined) return;
  const send = (signal: NodeJS.Signals) => {
    try {
      process.kill(-pid, signal);
    } catch {
      // All of them have ended already.
    }
  };
  send('SIGTERM');
  await Promise.race([closed.catch(() => {}), later(GRACE, undefined, { ref: false })]);
  // Also what outlived the program itself.
  send('SIGKILL');
}

/** Keeps the last bytes, without a line that lost its beginning: a half of a secret would not be recognised. */
function createTail() {
  let chunks: Buffer[] = [];
  let size = 0;
  let isCut = false;
  return {
    add(chunk: Buffer): void {
      chunks.push(chunk);
      size += chunk.length;
      if (size < 2 * KEPT) return;
      chunks = [Buffer.concat(chunks).subarray(-KEPT)];
      size = KEPT;
      isCut = true;
    },
    text(): string {
      const text = Buffer.concat(chunks).toString('utf8');
      return isCut ? text.slice(text.indexOf('\n') + 1) : text;
    },
  };
}
