import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cloudLimits } from '../../../shared/domain/configuration/cloud-limits.ts';
import { createRecords } from '../../../shared/records/records.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { documentsFromEnvironment } from '../../cloud/documents-from-environment.ts';
import { applyText } from '../apply/apply-text.ts';
import { historyText } from '../apply/history-text.ts';
import { textFromFile, textOfVersion } from '../apply/wanted-text.ts';
import { type Command, exitCodes, UsageError } from '../command.ts';
import { userOfMachine } from '../user-of-machine.ts';

const OPTIONS = {
  rollback: { type: 'string' },
  history: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  by: { type: 'string' },
  project: { type: 'string' },
  database: { type: 'string' },
  state: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const apply: Command = {
  name: 'apply',
  words: '[FILE | --rollback VERSION | --history] [--dry-run] [--json]',
  summary: 'puts a configuration in force on Google Cloud, as a new version; headway.yaml by default',
  options: [
    ['--rollback VERSION', 'puts the text of an earlier version in force again, as a new one'],
    ['--history', 'the versions that were put in force, newest first, with who and when'],
    ['--dry-run', 'shows what would change, and changes nothing'],
    ['--by WHO', 'who does it, for the record; the user of this machine by default'],
    ['--project PROJECT', 'HEADWAY_PROJECT or GOOGLE_CLOUD_PROJECT by default'],
    ['--database DATABASE', "the project's Firestore database; HEADWAY_DATABASE, else (default)"],
    ['--state FOLDER', 'a state folder of one machine instead of a project'],
    ['--json', 'what was done as JSON, or the mistakes with line and column'],
  ],
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [file = 'headway.yaml', ...more] = positionals;
    const chosen = [positionals.length > 0, values.rollback !== undefined, values.history === true];
    if (more.length > 0 || chosen.filter(Boolean).length > 1) {
      throw new UsageError('apply takes one file, or --rollback, or --history');
    }
    const restores = values.rollback === undefined ? undefined : versionFrom(values.rollback);
    const { json = false, 'dry-run': dryRun = false } = values;
    const environment = { ...process.env, ...chosenPlace(values) };
    const opened = documentsFromEnvironment({
      environment,
      state: values.state === undefined ? undefined : resolve(values.state),
      log: createLog({
        write: line => void process.stderr.write(line),
        level: 'warn',
        redact: text => text,
        clock: { now: Date.now },
      }),
    });
    try {
      const records = createRecords(opened.documents);
      if (values.history) return say(await historyText(records, { json, now: Date.now() }));
      const by = values.by ?? userOfMachine();
      const limits = values.state === undefined ? cloudLimits : undefined;
      const wanted =
        restores === undefined
          ? await textFromFile(file, limits)
          : await textOfVersion(records, restores, limits);
      const its = { records, by, dryRun, json, place: opened.place, now: Date.now() };
      const { output, exitCode } = await applyText(its, { ...wanted, restores });
      return say(output, exitCode);
    } finally {
      await opened.close();
    }
  },
};

function say(text: string, exitCode: number = exitCodes.done): number {
  process.stdout.write(`${text}\n`);
  return exitCode;
}

function chosenPlace({ project, database }: { project?: string; database?: string }) {
  return {
    ...(project !== undefined && { HEADWAY_PROJECT: project }),
    ...(database !== undefined && { HEADWAY_DATABASE: database }),
  };
}

function versionFrom(text: string): number {
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
  throw new UsageError(`"${text}" is not the number of a version; --history tells them`);
}
