import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { engineAddress } from '../../shared/adapters/docker/address.ts';
import { docker } from './headway-image.ts';
import { runProgram } from './run-program.ts';

const NAME = `headway-docker-${randomBytes(4).toString('hex')}`;
let made: Promise<string> | undefined;

/** An image with a shell and the docker command, made once for the tests of this process. */
export function dockerCommandImage(base: string): Promise<string> {
  made ??= make(base);
  return made;
}

export async function removeDockerCommandImage(): Promise<void> {
  if (made === undefined) return;
  await made.catch(() => {});
  await docker('rmi', '--force', NAME).catch(() => {});
}

/**
 * The engine of `DOCKER_HOST` under an address at which containers in the network of this machine find it, as long as
 * the test goes on.
 */
export async function serveEngine(t: ExecutionContext): Promise<string> {
  const engine = engineAddress(undefined, process.env);
  if (!('socketPath' in engine)) return engine.url;
  const open = new Set<Socket>();
  const server = createServer(client => {
    const there = connect(engine.socketPath);
    for (const [one, other] of [
      [client, there],
      [there, client],
    ] as const) {
      open.add(one.once('close', () => open.delete(one)).once('error', () => other.destroy()));
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const one of open) one.destroy();
  });
  const bound = server.address();
  return `tcp://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
}

async function make(base: string): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), 'headway-docker-'));
  try {
    const program = (await runProgram('sh', ['-c', 'command -v docker']))?.trim() ?? '';
    await copyFile(await realpath(program), join(context, 'docker'));
    await writeFile(join(context, 'Dockerfile'), `FROM ${base}\nCOPY docker /bin/docker\n`);
    await docker('build', '--tag', NAME, context);
    return NAME;
  } finally {
    await rm(context, { recursive: true });
  }
}
