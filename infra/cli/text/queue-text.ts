import type { Queue } from '../../../functions/api/answers.ts';
import { shortSha } from '../../../shared/domain/names/commit-sha.ts';
import { alignColumns } from './align-columns.ts';
import { oneLine } from './one-line.ts';
import { relativeTime } from './relative-time.ts';
import type { Looks } from './style.ts';
import { wrapWords } from './wrap-words.ts';

type Item = Queue['items'][number];

/** The queue of builds as a table, for people. */
export function queueText({ at, paused, items, more }: Queue, { paint, width }: Looks): string {
  const now = Date.parse(at);
  const pause =
    paused === undefined
      ? []
      : wrapWords(
          oneLine(
            `builds are paused by ${paused.by} ${relativeTime(paused.since, now)}: ${paused.why}; headway resume lets them go on`,
          ),
          width,
        ).map(line => paint('warn', line));
  if (items.length === 0 && more === undefined) {
    return [...pause, 'nothing is being built, and nothing waits'].join('\n');
  }
  const head = ['BUILD', 'OF', 'PRIORITY', 'STATE', ''].map(cell => paint('quiet', cell));
  const rows = items.map(item => [
    `${item.image}:${shortSha(item.commit)}`,
    oneLine(sourceOf(item)),
    String(item.priority ?? 0),
    item.status === 'building' ? paint('good', 'building') : 'waiting',
    oneLine(stateOf(item, now)),
  ]);
  const rest = more === undefined ? [] : [paint('quiet', restText(more))];
  const table = alignColumns([head, ...rows], width);
  return [...pause, ...(pause.length > 0 ? [''] : []), ...table, ...rest].join('\n');
}

function restText({ waiting, atLeast }: NonNullable<Queue['more']>): string {
  if (waiting === 0) return 'and perhaps more';
  return `and ${atLeast ? 'at least ' : ''}${waiting} more`;
}

function sourceOf({ repo, branch, tryJob }: Item): string {
  if (tryJob !== undefined) return `${repo} pull request ${tryJob.number}, patch ${tryJob.patch}`;
  return branch === undefined ? repo : `${repo} ${branch}`;
}

function stateOf({ status, startedAt, waits }: Item, now: number): string {
  if (status === 'building') return `since ${relativeTime(startedAt, now).replace(' ago', '')}`;
  if (waits === undefined) return '';
  return waits.until === undefined ? waits.text : `${waits.text}; ${relativeTime(waits.until, now)}`;
}
