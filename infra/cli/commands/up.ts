import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PermanentError } from '../../../shared/domain/permanent-error.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { startHost } from '../../local/host.ts';
import { leaveOutAbsent } from '../../local/leave-out.ts';
import { makeDisorder } from '../../local/sample/make-disorder.ts';
import { prepareSample } from '../../local/sample/prepare-sample.ts';
import type { Sample } from '../../local/sample/sample.ts';
import { isTold } from '../../local/sample/tell-story.ts';
import { type Command, exitCodes } from '../command.ts';
import { describeLog } from '../journal/describe-log.ts';
import { describeRoutes } from '../journal/describe-routes.ts';
import { formatLine } from '../journal/format-line.ts';
import { keepJournal } from '../journal/keep-journal.ts';
import { showSample } from '../journal/show-sample.ts';
import { createTerminal, type Terminal } from '../journal/terminal.ts';
import { type Broken, type Loaded, loadConfiguration } from '../load-configuration.ts';
import { stopSignal, untilAborted } from '../stop-signal.ts';
import { type Looks, painter } from '../text/style.ts';
import { widthOf, wrapWords } from '../text/wrap-words.ts';
import { version } from '../version.ts';

export const up: Command = {
  name: 'up',
  words: '[--config FILE]',
  summary: 'serves headway.yaml, or the bundled sample where there is none',
  options: [
    ['--config FILE', 'the configuration; headway.yaml in this folder by default'],
    ['--state FOLDER', 'where the state is kept; .headway beside the configuration by default'],
    ['--quiet', 'warnings and errors only'],
    ['PORT, HOST', 'environment: where to listen; 8080 on 127.0.0.1 by default'],
  ],
  async run(words) {
    const options = {
      config: { type: 'string' },
      state: { type: 'string' },
      quiet: { type: 'boolean' },
    } as const;
    const { values } = parseArgs({ args: [...words], options });
    const address = { host: process.env['HOST'] ?? '127.0.0.1', port: portFrom(process.env['PORT']) };
    const own = resolve(values.config ?? 'headway.yaml');
    const asked = values.config !== undefined || existsSync(own);
    const state = resolve(
      values.state ?? join(asked ? dirname(own) : process.cwd(), '.headway', asked ? '' : 'sample'),
    );
    const sample = asked ? undefined : await prepareSample({ folder: state, url: urlOf(address) });
    const loaded = await loadConfiguration(sample?.configuration ?? own, process.env);
    if ('mistakes' in loaded) return refuse(loaded);
    const { configuration, leftOut } = await leaveOutAbsent(loaded.configuration, process.env);
    const present = { ...loaded, configuration };
    return serve({ loaded: present, leftOut, address, state, sample, quiet: values.quiet === true });
  },
};

/** How long what is under way may take to end. */
const PATIENCE_MS = 10_000;

type Serving = {
  readonly loaded: Loaded;
  /** What this machine lacks, as sentences. */
  readonly leftOut: readonly string[];
  readonly address: { readonly host: string; readonly port: number };
  readonly state: string;
  readonly sample: Sample | undefined;
  readonly quiet: boolean;
};

async function serve({ loaded, leftOut, address, state, sample, quiet }: Serving): Promise<number> {
  const terminal = createTerminal(process.stdout);
  const paint = painter(process.stdout);
  const looks = () => ({ paint, width: widthOf(process.stdout) });
  const clock = { now: Date.now };
  const log = createLog({
    write: line => writeLog(line, { terminal, looks }),
    level: levelFrom(quiet),
    redact: loaded.redact,
    clock,
  });
  for (const sentence of [...loaded.warnings.map(warning => `warning: ${warning}`), ...leftOut]) {
    terminal.line(paint('warn', wrapWords(sentence, looks().width - 2).join('\n  ')));
  }
  const fresh = sample !== undefined && !(await isTold(sample));
  let journal: ReturnType<typeof keepJournal> | undefined;
  const url = urlOf(address);
  const host = await startHost({
    ...loaded,
    state,
    address,
    environment: process.env,
    version: version(),
    log,
    show: progress => journal?.show(progress),
    ...(sample !== undefined &&
      fresh && { between: (hints, records) => makeDisorder(hints, { records, sample, url }) }),
  });
  const stop = stopSignal();
  terminal.line(`headway ready ${host.url}`);
  if (!quiet) {
    journal = keepJournal(host.records, { terminal, looks });
    for (const line of describeRoutes(loaded.configuration, host.url)) terminal.line(paint('quiet', line));
  }
  if (sample !== undefined) await showSample({ sample, fresh, host, line: terminal.line, stop });
  await untilAborted(stop);
  terminal.progress(undefined);
  terminal.line('stopping: what is under way ends first; Ctrl-C again stops at once');
  endAnyway(terminal);
  await journal?.stop();
  await host.stop();
  return exitCodes.done;
}

/** Whatever is cut off is due again at the next start, as after a crash. */
function endAnyway(terminal: Terminal): void {
  const end = () => {
    terminal.line('stopped: what did not end is done again at the next start');
    process.exit(exitCodes.done);
  };
  setTimeout(end, PATIENCE_MS).unref();
}

/** People who watch get the log between the lines of the journal, programs get it as it is. */
function writeLog(line: string, { terminal, looks }: { terminal: Terminal; looks: () => Looks }): void {
  const watched = process.stdout.isTTY && process.stderr.isTTY;
  if (watched) terminal.line(formatLine(describeLog(line), looks(), new Date()));
  else process.stderr.write(line);
}

function refuse({ text }: Broken): number {
  process.stderr.write(`${text}\n`);
  return exitCodes.failed;
}

function portFrom(text = '8080'): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new PermanentError(`Cannot listen on port "${text}": set PORT to a number from 1 to 65535`);
}

/** Where this machine reaches what listens there: on every address is on its own too. */
function urlOf({ host, port }: { host: string; port: number }): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The journal tells people; the log is for what needs them, or for whoever asks for more. */
function levelFrom(quiet: boolean): 'debug' | 'info' | 'warn' | 'error' {
  const asked = process.env['HEADWAY_LOG'];
  if (asked === 'debug' || asked === 'info' || asked === 'warn' || asked === 'error') return asked;
  return quiet ? 'error' : 'warn';
}
