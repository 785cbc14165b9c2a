import { configurationHistory, currentVersion } from '../../../shared/records/configuration-versions.ts';
import type { Records } from '../../../shared/records/records.ts';
import { alignColumns } from '../text/align-columns.ts';
import { relativeTime } from '../text/relative-time.ts';

/** The versions that were put in force, newest first, without their texts. */
export async function historyText(
  records: Records,
  { json, now }: { readonly json: boolean; readonly now: number },
): Promise<string> {
  const [versions, current] = await Promise.all([configurationHistory(records), currentVersion(records)]);
  if (json) {
    return JSON.stringify({ current, versions: versions.map(({ text, ...version }) => version) }, null, 2);
  }
  if (versions.length === 0) return 'no configuration was put in force yet';
  const rows = versions.map(({ version, by, at, restores }) => [
    String(version),
    by,
    relativeTime(at, now),
    [
      ...(version === current ? ['in force'] : []),
      ...(restores === undefined ? [] : [`version ${restores} again`]),
    ].join(', '),
  ]);
  return alignColumns([['VERSION', 'BY', 'WHEN', ''], ...rows]).join('\n');
}
