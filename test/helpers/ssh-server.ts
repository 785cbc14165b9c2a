import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { temporaryFolder } from './git-repository.ts';
import { freePort } from './host-process.ts';
import { runProgram } from './run-program.ts';

/** It has to be started by its whole path, and is on the PATH of few. */
const SSHD = '/usr/sbin/sshd';

export type SshServer = {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  /** A private key that it lets in, and one that it does not. */
  readonly key: string;
  readonly strangeKey: string;
  /** The line of its host key, as known_hosts has it, and one of another key. */
  readonly knownHosts: string;
  readonly otherHosts: string;
  /** A folder of its machine. */
  readonly folder: string;
  stop(): Promise<void>;
};

/** An OpenSSH server of the test's own on loopback; nothing, said aloud, where it is not installed. */
export async function startSshServer(t: ExecutionContext): Promise<SshServer | undefined> {
  if (!existsSync(SSHD) || (await runProgram('ssh', ['-V'])) === undefined) {
    t.log(`skipped: needs an OpenSSH server (${SSHD}) and ssh`);
    t.pass();
    return undefined;
  }
  const folder = await temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  for (const name of ['host', 'other', 'client', 'strange']) {
    await runProgram('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', at(name)]);
  }
  // Its children give up their rights there, where it runs as root.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const port = await freePort();
  const settings = {
    ...{ ListenAddress: '127.0.0.1', Port: port, HostKey: at('host'), PidFile: 'none', StrictModes: 'no' },
    ...{ AuthorizedKeysFile: at('client.pub'), UsePAM: 'no', PermitRootLogin: 'prohibit-password' },
    ...{ PasswordAuthentication: 'no', KbdInteractiveAuthentication: 'no', LogLevel: 'ERROR' },
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  await writeFile(at('config'), lines.join(''));
  const child = spawn(SSHD, ['-D', '-e', '-f', at('config')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  t.teardown(stop);
  const line = async (name: string) =>
    `[127.0.0.1]:${port} ${(await readFile(at(`${name}.pub`), 'utf8')).split(' ').slice(0, 2).join(' ')}`;
  await untilAnswers(port);
  return {
    ...{ host: '127.0.0.1', port, user: userInfo().username, folder, stop },
    key: (await readFile(at('client'), 'utf8')).trim(),
    strangeKey: await readFile(at('strange'), 'utf8'),
    knownHosts: await line('host'),
    otherHosts: await line('other'),
  };
}

async function untilAnswers(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const found = await runProgram('ssh-keyscan', ['-T', '1', '-p', String(port), '127.0.0.1']).catch(
      () => '',
    );
    if (found) return;
    await later(50);
  }
  throw new Error('The SSH server does not answer');
}
