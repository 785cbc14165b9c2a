import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const NO_DOCKER = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
const HEADWAY = fileURLToPath(new URL('../../infra/cli/headway.js', import.meta.url));

export type HeadwayOptions = {
  /** The folder in which the command runs. */
  readonly cwd: string;
  /** Added to what this process has, without colours, a Docker engine and settings of headway. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The Node that runs it; the tests' own when absent. */
  readonly node?: string;
};
export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };
export type HeadwayProcess = {
  readonly pid: number;
  /** What it wrote so far. */
  out(): string;
  err(): string;
  /** The address, once it serves; an error with all it said when it ends before. */
  readonly ready: Promise<string>;
  /** Resolves when it wrote a line that fits, at once if it did already. */
  said(pattern: RegExp): Promise<void>;
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void;
  readonly ended: Promise<Ended>;
};

/** Runs `headway` as a person would, in a process of its own, with its output piped. */
export function startHeadway(words: readonly string[], options: HeadwayOptions): HeadwayProcess {
  const child = spawn(options.node ?? process.execPath, [HEADWAY, ...words], {
    cwd: options.cwd,
    env: { ...plainEnvironment(), ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.err += chunk;
  });
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...text }));
  const said = (pattern: RegExp) => untilSaid(child, { pattern, text, ended });
  const ready = said(/^headway ready \S+$/m).then(() => /^headway ready (\S+)$/m.exec(text.out)?.[1] ?? '');
  // Whoever kills it during its start does not wait for it.
  ready.catch(() => {});
  return {
    pid: child.pid ?? 0,
    out: () => text.out,
    err: () => text.err,
    ready,
    said,
    signal: name => void child.kill(name),
    ended,
  };
}

/** Runs a command of `headway` to its end. */
export function runHeadway(words: readonly string[], options: HeadwayOptions): Promise<Ended> {
  return startHeadway(words, options).ended;
}

/** The command for a shell, where a terminal is wanted around it. */
export function shellCommand(
  words: string,
  { environment = {}, node = process.execPath }: HeadwayOptions,
): string {
  const variables = Object.entries({ ...NO_DOCKER, ...environment }).map(
    ([name, value]) => `${name}='${value}'`,
  );
  return `env ${variables.join(' ')} '${node}' '${HEADWAY}' ${words}`;
}

/**
 * A port that nobody listens on, with as many behind it as a cloud of functions takes: below those that the system
 * gives to connections, so that none of them is taken meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const first = 12_000 + randomInt(1_200) * 16;
    const free = await Promise.all(Array.from({ length: 12 }, (_, i) => isFree(first + i)));
    if (free.every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer()
    .once('error', () => resolve(false))
    .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  return promise;
}

type Saying = {
  readonly pattern: RegExp;
  readonly text: { readonly out: string; readonly err: string };
  readonly ended: Promise<Ended>;
};

function untilSaid(child: ChildProcess, { pattern, text, ended }: Saying): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = () => {
    if (pattern.test(text.out)) resolve();
  };
  child.stdout?.on('data', look);
  look();
  void ended.then(({ code, out, err }) =>
    reject(new Error(`headway ended (${code}) without saying ${pattern}:\n${out}${err}`)),
  );
  return promise.finally(() => child.stdout?.off('data', look));
}

function plainEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(HEADWAY_.*|PORT|HOST|FORCE_COLOR|NO_COLOR)$/.test(name),
  );
  return { ...Object.fromEntries(kept), ...NO_DOCKER };
}
