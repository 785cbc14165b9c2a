import { basename } from 'node:path';
import type { GateConfiguration } from '../../../domain/configuration/gates.ts';
import { type Exit, judgeExit } from '../../../domain/gates/judge-exit.ts';
import { fillIn, quoteForShell, variablesOf, wantsReport } from '../../../domain/gates/words.ts';
import type { Gate } from '../../../ports/gate.ts';
import { createLines } from '../../containers/lines.ts';
import { type ProgramResult, type ProgramRun, runProgram } from '../../targets/command/run-program.ts';
import { inPrivateFolder } from '../private-folder.ts';
import { withinTime } from '../within-time.ts';
import { endedWithConnection, takeReport } from './remote-script.ts';

type Options = Pick<
  Extract<GateConfiguration, { kind: 'ssh' }>,
  'host' | 'port' | 'user' | 'command' | 'timeout'
> & {
  /** The private key itself. */
  readonly key: string;
  /** Lines as a file of known hosts has them. */
  readonly knownHosts: string;
  /** Where `ssh` is found. */
  readonly outside: Readonly<Record<string, string | undefined>>;
};

/** What `ssh` itself exits with when it fails: https://man.openbsd.org/ssh#EXIT_STATUS */
const NOT_CONNECTED = 255;
const LARGEST_REPORT = 32 * 1024 * 1024;
/** Files in the folder where `ssh` runs, so that no path needs to be spelt in its own way. */
const [KEY, KNOWN_HOSTS] = ['key', 'known_hosts'];
/** Nothing of this machine's own settings, agents and known hosts counts, and nobody is asked anything. */
const SETTINGS = {
  BatchMode: 'yes',
  StrictHostKeyChecking: 'yes',
  UserKnownHostsFile: KNOWN_HOSTS,
  GlobalKnownHostsFile: 'none',
  UpdateHostKeys: 'no',
  IdentitiesOnly: 'yes',
  IdentityAgent: 'none',
  PreferredAuthentications: 'publickey',
  ClearAllForwardings: 'yes',
  ForwardAgent: 'no',
  RequestTTY: 'no',
  ConnectTimeout: '20',
  ServerAliveInterval: '15',
  ServerAliveCountMax: '4',
  LogLevel: 'ERROR',
};

/**
 * Logs in to a host with the system's own `ssh` and runs a test there. The host proves itself by its key, or is
 * refused. What could not be reached is no verdict; once the test runs, its exit status and report are.
 */
export function createSshGate(options: Options): Gate {
  const { command, timeout, key, knownHosts } = options;
  // A key without its last line feed is none to `ssh`.
  const files = { [KEY]: `${key.trimEnd()}\n`, [KNOWN_HOSTS]: `${knownHosts.trimEnd()}\n` };
  return {
    ask: (question, output, signal) =>
      inPrivateFolder(files, folder =>
        withinTime({ timeout, signal }, async ending => {
          const report = `/tmp/${basename(folder)}.xml`;
          const words = fillIn(command, question, report);
          const variables = Object.entries(variablesOf(question)).map(pair => pair.join('='));
          const remote = ['env', ...variables, ...words].map(quoteForShell).join(' ');
          const lines = createLines(output);
          const login = { ...options, folder, signal: ending };
          const run = endedWithConnection(remote, wantsReport(command) ? report : undefined);
          const ended = await logIn(login, run, lines.write);
          lines.end();
          if (!wantsReport(command) || ended.code !== 0) return judgeExit(words, ended);
          return judgeExit(words, { ...ended, report: await fetchReport(login, report) });
        }),
      ),
  };
}

type Login = Pick<Options, 'host' | 'port' | 'user' | 'outside'> & {
  readonly folder: string;
  readonly signal: AbortSignal;
};

/** @throws {Error} when there was no connection, or it was lost. */
async function logIn(
  { host, port, user, outside, folder, signal }: Login,
  command: string,
  output: NonNullable<ProgramRun['output']>,
): Promise<ProgramResult> {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const where = ['-i', KEY, '-p', String(port), '-l', user, '--', host];
  const words = ['ssh', '-F', 'none', ...settings, ...where, command];
  const environment = { PATH: outside['PATH'] ?? '/usr/bin:/bin' };
  const how = { environment, folder, signal, output, holdInput: true };
  const ended = await runProgram(words, how).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('there is no program "ssh" on this machine; install it', { cause: error });
  });
  if (ended.code !== NOT_CONNECTED) return ended;
  const said = ended.output
    .trim()
    .split(/[\r\n]+/)
    .slice(-2)
    .join(' | ');
  throw new Error(`no connection to ${user}@${host}:${port}, or it was lost: ${said}`);
}

/** Whole, where it is no larger than anybody would read. */
async function fetchReport(login: Login, report: string): Promise<Exit['report']> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const { code } = await logIn(login, takeReport(report), (piece, stream) => {
    if (stream === 'stderr') return;
    size += piece.length;
    if (size <= LARGEST_REPORT) pieces.push(piece);
  });
  const isWhole = code === 0 && size <= LARGEST_REPORT;
  return isWhole ? { text: Buffer.concat(pieces).toString('utf8') } : 'missing';
}
