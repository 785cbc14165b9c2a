import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { keepJournal } from '../cli/journal/keep-journal.ts';
import { createTerminal } from '../cli/journal/terminal.ts';
import { waitForQuiet } from '../cli/journal/wait-for-quiet.ts';
import { painter } from '../cli/text/style.ts';
import { prepareSample } from '../local/sample/prepare-sample.ts';
import { isTold, tellStory } from '../local/sample/tell-story.ts';
import { openStateFolder, publishAddress } from '../local/state-folder.ts';
import { startCloud } from './start-cloud.ts';

// Outside of Google's network its libraries would look for a metadata server, and warn that there is none.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';

/** `npm run cloud`: every function a process of its own against Google's emulators, and the sample through them. */
async function main(): Promise<void> {
  const port = Number(process.env['PORT'] ?? 8090);
  const folder = resolve('.headway', 'cloud');
  const state = openStateFolder(folder);
  const sample = await prepareSample({ folder, url: `http://127.0.0.1:${port}` });
  const terminal = createTerminal(process.stdout);
  const log = createLog({
    write: line => void process.stderr.write(line),
    level: 'warn',
    redact: text => text,
    clock: { now: Date.now },
  });
  const cloud = await startCloud({
    environment: process.env,
    project: process.env['GOOGLE_CLOUD_PROJECT'] ?? 'headway-cloud',
    port,
    folder,
    configuration: readFileSync(sample.configuration, 'utf8'),
    token: state.token,
    log,
    tick: 2_000,
    write: line => void (process.env['HEADWAY_LOG'] === undefined || process.stderr.write(line)),
  });
  const forget = publishAddress(state, cloud.url);
  const looks = () => ({ paint: painter(process.stdout), width: process.stdout.columns ?? 120 });
  const journal = keepJournal(cloud.records, { terminal, looks });
  terminal.line(`headway ready ${cloud.url} (${cloud.functions.length} functions, each a process)`);
  const stop = new AbortController();
  const stopped = new Promise<void>(done => stop.signal.addEventListener('abort', () => done()));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  if (!(await isTold(sample))) {
    await tellStory(sample, stop.signal);
    await waitForQuiet(cloud.records, stop.signal);
  }
  terminal.line(`The page:    ${cloud.url}/ (its token: ${join(folder, 'token')}); Ctrl-C stops`);
  await stopped;
  await journal.stop();
  await cloud.stop();
  forget();
}

main().catch((error: unknown) => {
  const text =
    error instanceof PermanentError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? '')
        : String(error);
  process.stderr.write(`headway: ${text}\n`);
  process.exitCode = 1;
});
