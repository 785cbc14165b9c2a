import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { applyText } from '../../infra/cli/apply/apply-text.ts';
import { textFromFile, textOfVersion } from '../../infra/cli/apply/wanted-text.ts';
import { CommandError } from '../../infra/cli/command.ts';
import { cloudLimits } from '../../shared/domain/configuration/cloud-limits.ts';
import {
  applyConfiguration,
  configurationHistory,
  currentVersion,
} from '../../shared/records/configuration-versions.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords, type Records } from '../../shared/records/records.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';

const NOW = Date.parse('2026-03-02T12:00:00.000Z');
const shop = (branch: string) =>
  `repos:\n  shop:\n    url: https://git.example/shop.git\n    branch: ${branch}\n`;

function applying(records: Records, more: object = {}) {
  return { records, by: 'ada', dryRun: false, json: false, place: 'project acme', now: NOW, ...more };
}
const wanted = (text: string) => ({ name: 'headway.yaml', text, mistakes: [], restores: undefined });
const newRecords = () => createRecords(createMemoryDocuments({ queries }));

test('a configuration is put in force as a new version, showing what changed', async t => {
  const records = newRecords();
  await applyText(applying(records), wanted(shop('main')));
  const { output, exitCode } = await applyText(applying(records, { by: 'bob' }), wanted(shop('trunk')));
  t.is(exitCode, 0);
  t.is(
    output,
    ' repos:\n   shop:\n     url: https://git.example/shop.git\n-    branch: main\n+    branch: trunk\n\n' +
      'headway.yaml is in force in project acme now, as version 2 (lines: 1 added, 1 removed); functions use it within half a minute',
  );
  t.deepEqual(await configurationHistory(records), [
    { version: 2, text: shop('trunk'), by: 'bob', at: '2026-03-02T12:00:00.000Z' },
    { version: 1, text: shop('main'), by: 'ada', at: '2026-03-02T12:00:00.000Z' },
  ]);
});

test('what is in force already is not written again', async t => {
  const records = newRecords();
  await applyText(applying(records), wanted(shop('main')));
  for (const dryRun of [false, true]) {
    const { output } = await applyText(applying(records, { dryRun }), wanted(shop('main')));
    t.is(output, 'headway.yaml is in force in project acme already, as version 1');
  }
  t.is((await configurationHistory(records)).length, 1);
});

test('a dry run shows the difference and changes nothing', async t => {
  const records = newRecords();
  const { output } = await applyText(applying(records, { dryRun: true }), wanted(shop('main')));
  t.regex(
    output,
    /^\+repos:\n.*\n\nheadway\.yaml would be in force in project acme, as version 1 \(lines: 4/s,
  );
  t.is(await currentVersion(records), undefined);
});

test('going back makes a new version of the old text', async t => {
  const records = newRecords();
  await applyText(applying(records), wanted(shop('main')));
  await applyText(applying(records), wanted(shop('trunk')));
  const { output } = await applyText(applying(records), {
    ...(await textOfVersion(records, 1)),
    restores: 1,
  });
  t.regex(output, /\n\nversion 1 is in force in project acme again, as version 3 /);
  t.like((await configurationHistory(records))[0], { version: 3, text: shop('main'), restores: 1 });
  await t.throwsAsync(textOfVersion(records, 9), {
    instanceOf: CommandError,
    message: /^Cannot go back to version 9: there is no such version; "headway apply --history" tells them$/,
  });
});

test('a gate that takes longer than a function of Google Cloud runs is a mistake there, and only there', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'headway-apply-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'headway.yaml');
  const gate = (more: string) => `gates:\n  gpu:\n    kind: command\n    run: [pytest]\n${more}`;
  const mistakes = async (text: string, limits?: typeof cloudLimits) => {
    await writeFile(file, text);
    return (await textFromFile(file, limits)).mistakes.map(({ path, message }) => `${path}: ${message}`);
  };
  t.deepEqual(await mistakes(gate('    timeout: 8m\n'), cloudLimits), []);
  t.deepEqual(await mistakes(gate('')), []);
  const [long = ''] = await mistakes(gate('    timeout: 20m\n'), cloudLimits);
  t.regex(long, /^gates\.gpu\.timeout: expected at most 8m, found 20m: a function on Google Cloud ends/);
  t.regex(
    (await mistakes(gate(''), cloudLimits))[0] ?? '',
    /^gates\.gpu(?:\.timeout)?: expected at most 8m, found 30m/,
  );
});

test('nobody replaces a configuration that they did not see', async t => {
  const records = newRecords();
  const proposal = { text: shop('main'), by: 'ada', at: '2026-03-02T12:00:00.000Z', over: 0 };
  const overtaking: Records = {
    ...records,
    async get(ref) {
      const found = await records.get(ref);
      if (ref.collection === 'pointers') await applyConfiguration(records, { ...proposal, by: 'bob' });
      return found;
    },
  };
  await t.throwsAsync(applyText(applying(overtaking), wanted(shop('trunk'))), {
    instanceOf: CommandError,
    message:
      'Cannot put the configuration in force: bob put version 1 in force meanwhile; look at the difference again with --dry-run',
  });
  t.deepEqual(
    (await configurationHistory(records)).map(({ by }) => by),
    ['bob'],
  );
});

test('of twenty who apply at once one wins for each version, and none is lost', async t => {
  const records = newRecords();
  const verdicts = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      applyConfiguration(records, {
        text: shop(`b${i}`),
        by: `w${i}`,
        at: '2026-03-02T12:00:00.000Z',
        over: 0,
      }),
    ),
  );
  t.is(verdicts.filter(({ kind }) => kind === 'applied').length, 1);
  t.is(verdicts.filter(({ kind }) => kind === 'overtaken').length, 19);
  t.is(await currentVersion(records), 1);
});

test('a broken configuration is not put in force', async t => {
  const records = newRecords();
  const folder = await temporary(t);
  const file = join(folder, 'headway.yaml');
  await writeFile(file, 'hooks: { github: { kind: github, secret: do-not-repeat-me } }\n');
  const broken = { ...(await textFromFile(file)), restores: undefined };
  const { output, exitCode } = await applyText(applying(records), broken);
  t.is(exitCode, 1);
  t.regex(output, /hooks\.github\.secret: expected env:.*\n\n1 mistake: nothing was put in force$/s);
  t.notRegex(output, /do-not-repeat-me/);
  const { output: json } = await applyText(applying(records, { json: true }), broken);
  t.like(JSON.parse(json), { file, mistakes: { 0: { line: 1, path: 'hooks.github.secret' } } });
  t.is(await currentVersion(records), undefined);
});

test('the command applies, goes back and tells the history in a state folder', async t => {
  const folder = await temporary(t);
  const apply = (...words: string[]) => headway(folder, ['apply', '--state', 'state', ...words]);
  await writeFile(join(folder, 'headway.yaml'), shop('main'));
  t.like(JSON.parse((await apply('--json', '--by', 'ada')).stdout), { verdict: 'applied', version: 1 });
  await writeFile(join(folder, 'headway.yaml'), shop('trunk'));
  t.like(JSON.parse((await apply('--json')).stdout), {
    verdict: 'applied',
    version: 2,
    previous: 1,
    changes: { 0: { kind: 'removed', text: '    branch: main' }, 1: { kind: 'added' } },
  });
  t.regex((await apply('--rollback', '1')).stdout, /version 1 is in force in state folder .* as version 3/);
  const { current, versions } = JSON.parse((await apply('--history', '--json')).stdout);
  t.is(current, 3);
  t.like(versions, {
    0: { version: 3, restores: 1 },
    1: { version: 2, by: userInfo().username },
    2: { by: 'ada' },
  });
  t.is(versions[0].text, undefined);
  const failed = await headway(folder, ['apply']);
  t.is(failed.code, 1);
  t.regex(failed.stderr, /^headway: Cannot tell where headway keeps its documents: set GOOGLE_CLOUD_PROJECT/);
  t.is((await apply('--rollback', 'x')).code, 2);
  t.is((await apply('headway.yaml', '--history')).code, 2);
});

async function temporary(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headway-apply-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

type Ran = { readonly code: unknown; readonly stdout: string; readonly stderr: string };

function headway(folder: string, words: readonly string[]): Promise<Ran> {
  const main = join(import.meta.dirname, '../../infra/cli/main.ts');
  const env = { PATH: process.env['PATH'] };
  return new Promise(done => {
    execFile(process.execPath, [main, ...words], { cwd: folder, env }, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}
