import { instant } from '../../../shared/domain/claims.ts';
import type { ApplyVerdict } from '../../../shared/domain/configuration/judge-apply.ts';
import type { ConfigurationVersion } from '../../../shared/domain/documents/configuration-version.ts';
import {
  applyConfiguration,
  configurationVersion,
  currentVersion,
} from '../../../shared/records/configuration-versions.ts';
import type { Records } from '../../../shared/records/records.ts';
import { formatMistakes } from '../../../shared/runtime/configuration/format-mistakes.ts';
import { CommandError, exitCodes } from '../command.ts';
import { diffSummary, diffText } from '../text/diff-text.ts';
import { type DiffLine, lineDiff } from '../text/line-diff.ts';
import { painter } from '../text/style.ts';
import type { WantedText } from './wanted-text.ts';

type Applying = {
  readonly records: Records;
  readonly by: string;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Where it is put in force, for people. */
  readonly place: string;
  readonly now: number;
};
type Wanted = WantedText & { readonly restores: number | undefined };
type Done = { readonly output: string; readonly exitCode: number };
/** What came of it: the version that is in force now. */
type Outcome = {
  readonly verdict: 'applied' | 'unchanged' | 'would apply';
  readonly version: number;
  readonly previous: number | undefined;
  readonly lines: readonly DiffLine[];
};

/**
 * Puts a text in force, unless it has a mistake, is in force already, or it is only asked what would change.
 *
 * @throws {CommandError} when somebody else has put another in force meanwhile.
 */
export async function applyText(its: Applying, wanted: Wanted): Promise<Done> {
  if (wanted.mistakes.length > 0) return { output: brokenText(its, wanted), exitCode: exitCodes.failed };
  const known = await versionInForce(its.records);
  const outcome = await outcomeOf(its, wanted, known);
  const output = its.json ? outcomeJson(outcome, wanted) : outcomeText(its, wanted, outcome);
  return { output, exitCode: exitCodes.done };
}

async function outcomeOf(
  { records, by, dryRun, now }: Applying,
  { text, restores }: Wanted,
  known: ConfigurationVersion | undefined,
): Promise<Outcome> {
  const lines = lineDiff(known?.text ?? '', text);
  const previous = known?.version;
  if (dryRun) {
    if (known?.text === text) return { verdict: 'unchanged', version: known.version, previous, lines };
    return { verdict: 'would apply', version: (previous ?? 0) + 1, previous, lines };
  }
  const proposal = { text, by, at: instant(now), over: previous ?? 0, restores };
  const applied = await applyConfiguration(records, proposal);
  if (applied.kind === 'overtaken') throw new CommandError(overtakenText(applied), exitCodes.failed);
  return { verdict: applied.kind, version: applied.version.version, previous, lines };
}

async function versionInForce(records: Records): Promise<ConfigurationVersion | undefined> {
  const version = await currentVersion(records);
  return version === undefined ? undefined : configurationVersion(records, version);
}

function overtakenText({ current }: Extract<ApplyVerdict, { kind: 'overtaken' }>): string {
  const state =
    current === undefined
      ? 'none is in force any more'
      : `${current.by} put version ${current.version} in force meanwhile`;
  return `Cannot put the configuration in force: ${state}; look at the difference again with --dry-run`;
}

function outcomeText({ place }: Applying, { name, restores }: Wanted, outcome: Outcome): string {
  const { verdict, version, lines } = outcome;
  if (verdict === 'unchanged') return `${name} is in force in ${place} already, as version ${version}`;
  const now = restores === undefined ? 'now' : 'again';
  const what = verdict === 'applied' ? `is in force in ${place} ${now}` : `would be in force in ${place}`;
  const sentence = `${name} ${what}, as version ${version} (lines: ${diffSummary(lines)})`;
  const soon = verdict === 'applied' ? '; functions use it within half a minute' : '';
  return `${diffText(lines, painter(process.stdout))}\n\n${sentence}${soon}`;
}

function outcomeJson({ verdict, version, previous, lines }: Outcome, { name, restores }: Wanted): string {
  const changes = lines.filter(({ kind }) => kind !== 'same');
  return JSON.stringify({ file: name, verdict, version, previous, restores, changes }, null, 2);
}

function brokenText({ json }: Applying, { name, text, mistakes }: Wanted): string {
  if (json) return JSON.stringify({ file: name, mistakes }, null, 2);
  const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
  return `${formatMistakes(mistakes, text)}\n\n${count}: nothing was put in force`;
}
