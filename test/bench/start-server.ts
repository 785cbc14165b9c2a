import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';

const PATIENCE_MS = 20_000;

export type Server = {
  readonly url: string;
  /** Resident memory in MB, now; not a number where the system does not tell. */
  memory(): number;
  stop(): Promise<void>;
};
export type ServerOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly url: string;
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
};

/** A program of its own process that serves HTTP; resolves when it answers. It never outlives this process. */
export async function startServer({ command, args, url, cwd, env }: ServerOptions): Promise<Server> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', chunk => {
    said = `${said}${chunk}`.slice(-2_000);
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const ended = new Promise<void>(resolve =>
    child.once('close', () => resolve()).once('error', () => resolve()),
  );
  const isEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await answers(url))) {
    if (isEnded() || performance.now() > deadline) {
      end();
      throw new Error(`Cannot start ${command}: it does not answer at ${url}; it said "${said.trim()}"`);
    }
    await later(20);
  }
  return {
    url,
    memory: () => residentMegabytes(child.pid),
    async stop() {
      child.kill('SIGTERM');
      await Promise.race([ended, later(PATIENCE_MS, undefined, { ref: false })]);
      end();
      process.off('exit', end);
    },
  };
}

/** A loopback address with a port that is free now. */
export async function freeUrl(): Promise<URL> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return new URL(`http://127.0.0.1:${port}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** https://www.kernel.org/doc/html/latest/filesystems/proc.html#process-specific-subdirectories */
function residentMegabytes(pid: number | undefined): number {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return Number.NaN;
  }
}
