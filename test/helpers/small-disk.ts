import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { connectDocker, type DockerEngine } from '../../shared/adapters/docker/engine.ts';

const run = promisify(execFile);

/** A folder on a disk of its own, of that many megabytes; nothing, said aloud, where none may be mounted. */
export async function smallDisk(t: ExecutionContext, megabytes: number): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'headway-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'headway-test', folder]);
  } catch {
    await rm(folder, { recursive: true });
    t.log('skipped: needs to mount a small disk, as root does');
    return undefined;
  }
  t.teardown(async () => {
    await run('umount', ['--lazy', folder]);
    await rm(folder, { recursive: true });
  });
  return folder;
}

/**
 * An engine of this test's own that keeps everything on a small disk, knows one image already, and has a network of
 * its own that leads nowhere: a second engine in the machine's network would take away the bridge of the first.
 * Nothing, said aloud, where it cannot start.
 */
export async function smallDiskEngine(
  t: ExecutionContext,
  { megabytes, image }: { readonly megabytes: number; readonly image: string },
): Promise<DockerEngine | undefined> {
  const disk = await smallDisk(t, megabytes);
  if (disk === undefined) return undefined;
  // Not on that disk: what a full disk does to an engine's own files is not what is tried here.
  const state = await mkdtemp(join(tmpdir(), 'headway-engine-'));
  await mkdir(join(disk, 'data'));
  const host = `unix://${state}/docker.sock`;
  const options = ['--data-root', join(disk, 'data'), '--exec-root', join(state, 'exec'), '-H', host];
  const more = ['--pidfile', join(state, 'pid'), '--bridge', 'none', '--iptables=false'];
  const child = spawn('unshare', ['--net', 'dockerd', ...options, ...more], { stdio: 'ignore' });
  const ended = once(child, 'exit').catch(() => {});
  t.teardown(async () => {
    child.kill();
    await ended;
    await rm(state, { recursive: true, force: true });
  });
  const engine = connectDocker({ host, environment: {} });
  for (let patience = 150; patience > 0; patience--) {
    if ((await engine.reachable()).answers) {
      const known = connectDocker({ environment: process.env });
      const saved = await (await known.client()).getImage(image).get();
      for await (const _ of await (await engine.client()).loadImage(saved));
      return engine;
    }
    if ((await Promise.race([ended.then(() => 'ended'), later(200)])) === 'ended') break;
  }
  t.log('skipped: needs dockerd, and to be allowed to start it');
  return undefined;
}
