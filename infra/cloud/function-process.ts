import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export type FunctionProcess = {
  readonly name: string;
  readonly url: string;
  /** The process that serves it now; none for a moment, and then another, after it was killed. */
  readonly pid: () => number | undefined;
  stop(): Promise<void>;
};
type Start = {
  readonly name: string;
  readonly port: number;
  readonly environment: NodeJS.ProcessEnv;
  /** Takes each line that the function logs. */
  readonly log: (line: string) => void;
  /** The folder of its bundle; the function as it lies here when absent. */
  readonly bundle?: string;
};

const FRAMEWORK = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
const MAIN = fileURLToPath(new URL('./main.js', `file://${FRAMEWORK}`));
const RESTART_MS = 200;

/** Runs one function as a process of Google's functions framework, and runs it again when it ends: as an instance would be. */
export async function startFunction({
  name,
  port,
  environment,
  log,
  bundle,
}: Start): Promise<FunctionProcess> {
  const source = bundle ?? fileURLToPath(new URL(`../../functions/${name}/index.ts`, import.meta.url));
  let child: ChildProcess | undefined;
  let stopping = false;
  const run = () => {
    child = spawn(process.execPath, [MAIN, `--source=${source}`, `--target=${name}`, `--port=${port}`], {
      env: { ...environment, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', log);
    child.once('exit', () => {
      if (!stopping) setTimeout(run, RESTART_MS);
    });
  };
  run();
  await listening(port);
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    pid: () => (child?.exitCode === null && child.signalCode === null ? child.pid : undefined),
    async stop() {
      stopping = true;
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await Promise.race([once(child, 'exit'), later(5_000).then(() => child?.kill('SIGKILL'))]);
    },
  };
}

/** Resolves when somebody listens on the port. @throws {Error} after half a minute. */
async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const socket = connect({ host: '127.0.0.1', port });
    const answered = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (answered) return;
    await later(100);
  }
  throw new Error(`Cannot reach the function on port ${port}: it did not start within half a minute`);
}
