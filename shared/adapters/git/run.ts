import { spawn } from 'node:child_process';
import { setTimeout as later } from 'node:timers/promises';
import { PermanentError } from '../../domain/permanent-error.ts';
import { type Environment, gitEnvironment } from './environment.ts';
import { type Remote, redact } from './remote.ts';

// The git program and not a library: git itself is the reference for ancestry, transfer and checkout.

export type GitResult = { readonly code: number; readonly stdout: Buffer; readonly stderr: string };

export type GitRun = {
  /** Completes "Cannot …" in an error: `fetch "https://…"`. */
  readonly doing: string;
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly variables?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; two minutes when absent. */
  readonly timeout?: number;
};

/** Runs git. Arguments are never read by a shell; whatever came from outside stands behind `--` or is a full name. */
export interface Git {
  /** Whatever it exits with. @throws what the signal says when it is aborted, and when the time is over. */
  run(args: readonly string[], run: GitRun): Promise<GitResult>;
  /** What it printed. @throws {Error} a sentence with git's own words when it exits with anything but 0. */
  read(args: readonly string[], run: GitRun): Promise<string>;
}

/** Runs git with nothing of the user's own configuration, and with the credentials of one remote. */
export function createGit(remote: Remote, environment: Environment = process.env): Git {
  const variables = gitEnvironment(environment, remote);
  async function run(args: readonly string[], run: GitRun): Promise<GitResult> {
    const { code, stdout, stderr } = await collect(args, { ...variables, ...run.variables }, run);
    return { code, stdout, stderr: redact(stderr, remote) };
  }
  async function read(args: readonly string[], how: GitRun): Promise<string> {
    const result = await run(args, how);
    if (result.code !== 0) throw gitError(how.doing, result);
    return result.stdout.toString('utf8');
  }
  return { run, read };
}

/** What went wrong, as a sentence with git's own last words. */
export function gitError(doing: string, { code, stderr }: GitResult): Error {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a remote may send escape codes for a terminal
  const said = stderr.replaceAll(/[\x00-\x1f\x7f]+/g, ' ').trim();
  return new Error(`Cannot ${doing}: git says "${said.slice(-500) || `exit code ${code}`}"`);
}

async function collect(
  args: readonly string[],
  env: Record<string, string>,
  run: GitRun,
): Promise<GitResult> {
  const timeout = AbortSignal.timeout(run.timeout ?? 120_000);
  const stopped = run.signal === undefined ? timeout : AbortSignal.any([timeout, run.signal]);
  run.signal?.throwIfAborted();
  // A session of its own: nothing can ask at our terminal, and git's own children can be ended with it.
  const child = spawn('git', args, { cwd: run.cwd, env, detached: true, stdio: 'pipe' });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', chunk => stdout.push(chunk));
  child.stderr.on('data', chunk => stderr.push(chunk));
  // git may exit before it has read everything; its exit code says why.
  child.stdin.on('error', () => {});
  child.stdin.end(run.input ?? '');
  const stop = () => void endGroup(child.pid, closed);
  const closed = new Promise<number>((resolve, reject) => {
    child.on('error', error => reject(cannotStart(error)));
    child.on('close', code => resolve(code ?? -1));
  });
  stopped.addEventListener('abort', stop);
  try {
    const code = await closed;
    run.signal?.throwIfAborted();
    if (timeout.aborted) throw new Error(`Cannot ${run.doing}: git took too long and was stopped`);
    return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') };
  } finally {
    stopped.removeEventListener('abort', stop);
  }
}

/** Asks first, so that git removes its lock files. */
async function endGroup(pid: number | undefined, closed: Promise<unknown>): Promise<void> {
  if (pid === undefined) return;
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-pid, name);
    } catch {
      // All of them have ended already.
    }
  };
  signal('SIGTERM');
  await Promise.race([closed.catch(() => {}), later(2_000, undefined, { ref: false })]);
  signal('SIGKILL');
}

function cannotStart(error: Error): Error {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return error;
  return new PermanentError(
    'Cannot run git: there is no such program on the PATH; install git 2.32 or newer',
    {
      cause: error,
    },
  );
}
