import { parseArgs } from 'node:util';
import { type Finding, Report } from '../../../shared/domain/documents/survey.ts';
import { ASKING, apiFor, askingOptions, show } from '../asking.ts';
import { type Command, exitCodes } from '../command.ts';
import { alignColumns } from '../text/align-columns.ts';
import { userOfMachine } from '../user-of-machine.ts';

export const redeploy: Command = {
  name: 'redeploy',
  words: '[--dry-run] [--past-hold] [--all] [--json]',
  summary: 'compare what runs everywhere with what is published, and mend what drifted',
  options: [
    ['--dry-run', 'the same report, and nothing is touched'],
    ['--past-hold', 'also what a person holds; it is recorded who said so'],
    ['--all', 'also what is as it should be'],
    ...askingOptions('the report as JSON'),
  ],
  async run(words) {
    const { values } = parseArgs({
      args: [...words],
      options: {
        ...ASKING,
        'dry-run': { type: 'boolean' },
        'past-hold': { type: 'boolean' },
        all: { type: 'boolean' },
      },
    });
    const api = apiFor(values);
    const query = new URLSearchParams({
      dryRun: String(values['dry-run'] === true),
      ...(values['past-hold'] && { pastHold: userOfMachine() }),
    });
    const report = await api.post(`smart-redeploy?${query}`, Report);
    const done = show(values, report, () => textOf(report, values.all === true));
    return report.remarks.length === 0 ? done : exitCodes.amiss;
  },
};

function textOf(
  { findings, remarks, dryRun, complete, lookups, milliseconds }: Report,
  all: boolean,
): string {
  const shown = findings.filter(({ verdict }) => all || verdict !== 'current');
  const rows = shown.map(finding => [
    `${finding.target}/${finding.service}`,
    dryRun && finding.verdict === 'redeploy' ? 'would redeploy' : finding.verdict,
    short(finding.running),
    short(finding.published),
    finding.reason ?? '',
  ]);
  const current = findings.filter(({ verdict }) => verdict === 'current').length;
  const seconds = (milliseconds / 1_000).toFixed(1);
  return [
    ...alignColumns(rows.length === 0 ? [] : [['SERVICE', 'VERDICT', 'RUNS', 'PUBLISHED', 'WHY'], ...rows]),
    ...remarks.map(({ kind, about, says }) => `${kind} ${about}: ${says}`),
    `${current} of ${findings.length} services are current; ${lookups} lookups in ${seconds} s${complete ? '' : '; the time ended, the next goes on'}`,
  ].join('\n');
}

function short(digest: Finding['running']): string {
  return digest === undefined ? '-' : digest.slice('sha256:'.length, 'sha256:'.length + 12);
}
