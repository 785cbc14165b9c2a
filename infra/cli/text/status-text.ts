import type { Status } from '../../../functions/api/answers.ts';
import type { Phase } from '../../../shared/domain/documents/service.ts';
import { shortSha } from '../../../shared/domain/names/commit-sha.ts';
import { shortDigest } from '../../../shared/domain/names/digest.ts';
import { alignColumns } from './align-columns.ts';
import { oneLine } from './one-line.ts';
import { relativeTime } from './relative-time.ts';
import type { Looks, Paint, Tone } from './style.ts';

type Version = { readonly commit?: string | undefined; readonly digest: string } | undefined;
const TONES: Partial<Record<Phase, Tone>> = { running: 'good', failed: 'bad', held: 'warn', unknown: 'warn' };

/** The state of everything as tables, for people. */
export function statusText(status: Status, { url, paint, width }: Looks & { readonly url: string }): string {
  const now = Date.parse(status.at);
  const head = (...cells: string[]) => cells.map(cell => paint('quiet', cell));
  const repos = status.repos.map(({ repo, branch, head: commit, updatedAt }) => [
    repo,
    branch,
    commit === undefined ? 'nothing pushed yet' : oneLine(`${shortSha(commit.sha)} ${commit.subject ?? ''}`),
    relativeTime(updatedAt, now),
  ]);
  const tags = status.tags.map(({ image, tag, wanted, observed, hold, rolledBack }) => [
    `${image}:${tag}`,
    versionText(wanted),
    versionText(observed),
    staysText({ hold, rolledBack }, paint) ?? relativeTime(observed?.at, now),
  ]);
  const services = status.services.map(({ service, target, tag, image, wanted, observed, phase }) => [
    service,
    target,
    `${image}:${tag}`,
    versionText(wanted),
    versionText(observed),
    paint(TONES[phase] ?? 'quiet', phase),
    phase === 'running' ? relativeTime(observed?.at, now) : '',
  ]);
  const refusals = status.refusals.map(({ image, tag, to, verdict, reason, at }) => [
    `${image}:${tag}`,
    to.commit === undefined ? '-' : shortSha(to.commit),
    paint('warn', verdict),
    oneLine(reason),
    relativeTime(at, now),
  ]);
  return [
    `${paint('strong', 'headway')} ${status.version} at ${url}`,
    ...section(head('REPO', 'BRANCH', 'HEAD', 'PUSHED'), repos),
    ...section(head('TAG', 'WANTED', 'OBSERVED', 'SINCE'), tags),
    ...section(head('SERVICE', 'TARGET', 'FOLLOWS', 'WANTED', 'RUNNING', 'PHASE', ''), services),
    ...section(head('NOTES', ''), notes(status)),
    ...section(head('REFUSED', 'COMMIT', '', 'REASON', 'WHEN'), refusals),
  ].join('\n');

  function section(head: string[], rows: string[][]): string[] {
    return rows.length === 0 ? [] : ['', ...alignColumns([head, ...rows], width)];
  }
}

/** What there is to say of the newest commits' builds, of the tags and of the services that are not as they should be. */
function notes({ repos, tags, services }: Status): string[][] {
  const all = [
    ...repos.flatMap(({ builds }) =>
      builds.map(({ image, commit, lastError }) => [`${image}@${shortSha(commit)}`, lastError]),
    ),
    ...tags.flatMap(({ image, tag, lastError, candidates }) =>
      [lastError, ...waitsOf(candidates)].map(text => [`${image}:${tag}`, text]),
    ),
    ...services.map(({ service, target, hold, message, lastError }) => [
      `${service} at ${target}`,
      hold === undefined ? (lastError ?? message) : `held by ${hold.by}: ${hold.why}`,
    ]),
  ];
  return all.flatMap(([name = '', text]) => (text === undefined ? [] : [[name, oneLine(text)]]));
}

/** Why commits wait that ask for a tag, each reason once. */
function waitsOf(candidates: Status['tags'][number]['candidates']): string[] {
  const waiting = candidates.flatMap(({ commit, waits }) => (waits === undefined ? [] : [{ commit, waits }]));
  return [...Map.groupBy(waiting, ({ waits }) => waits)].map(([why, [first, ...more]]) => {
    const one = first === undefined || more.length > 0 ? undefined : shortSha(first.commit);
    return one === undefined ? `${more.length + 1} commits wait: ${why}` : `${one} waits: ${why}`;
  });
}

/** A person's word over a tag, in a few words. */
function staysText(
  { hold, rolledBack }: Pick<Status['tags'][number], 'hold' | 'rolledBack'>,
  paint: Paint,
): string | undefined {
  if (hold !== undefined) return paint('warn', `held: ${oneLine(hold.why)}`);
  return rolledBack === undefined ? undefined : paint('warn', `taken back: ${oneLine(rolledBack.why)}`);
}

function versionText(version: Version): string {
  if (version === undefined) return '-';
  return version.commit === undefined ? shortDigest(version.digest) : shortSha(version.commit);
}
