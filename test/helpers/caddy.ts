import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { createHttp } from '../../shared/adapters/http/http.ts';
import { createCaddyProxy } from '../../shared/adapters/proxy/caddy/caddy-proxy.ts';
import { runProgram } from './run-program.ts';

const READY_TRIES = 200;

export type Caddy = NonNullable<Awaited<ReturnType<typeof startCaddy>>>;

/** A real Caddy that knows of nothing but its admin API, gone with the test; nothing, said aloud, where there is none. */
export async function startCaddy(t: ExecutionContext) {
  if ((await runProgram('caddy', ['version'])) === undefined) {
    if (process.env['CI'] === 'true' && process.env['HEADWAY_E2E'] === '1')
      throw new Error('Cannot find caddy; install the package "caddy"');
    t.log('skipped: there is no caddy here (Debian: caddy)');
    return undefined;
  }
  const home = await mkdtemp(join(tmpdir(), 'headway-caddy-'));
  await chmod(home, 0o755);
  const [adminPort, port] = [await freePort(), await freePort()];
  const admin = `http://127.0.0.1:${adminPort}`;
  const settings = join(home, 'caddy.json');
  await writeFile(
    settings,
    JSON.stringify({ admin: { listen: `127.0.0.1:${adminPort}`, config: { persist: false } } }),
  );
  let child = await run();
  t.teardown(async () => {
    await stop();
    await rm(home, { recursive: true });
  });
  const folder = join(home, 'addresses');
  const proxyWith = (more: { readonly folder?: string }) =>
    createCaddyProxy({
      http: createHttp({ userAgent: 'test' }),
      admin,
      target: 'here',
      listen: [`127.0.0.1:${port}`],
      ...more,
    });
  return {
    admin,
    url: `http://127.0.0.1:${port}`,
    folder,
    /** With the addresses in files, and with the addresses in Caddy's configuration. */
    proxies: { files: proxyWith({ folder }), configuration: proxyWith({}) },
    stop,
    /** What it was told through its admin API is forgotten. */
    start: async () => {
      child = await run();
    },
  };

  async function run() {
    const process_ = spawn('caddy', ['run', '--config', settings], {
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home },
      stdio: 'ignore',
    });
    for (let tries = 0; tries < READY_TRIES; tries += 1) {
      if (
        await fetch(`${admin}/config/`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return process_;
      await sleep(50);
    }
    throw new Error('Cannot start caddy: its admin API does not answer');
  }

  async function stop() {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('Cannot find a free port');
  return address.port;
}
