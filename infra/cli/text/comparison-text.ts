import type { CommitLine, TagComparison } from '../../../functions/api/answers.ts';
import { shortSha } from '../../../shared/domain/names/commit-sha.ts';
import { oneLine } from './one-line.ts';
import type { Looks, Paint } from './style.ts';
import { wrapWords } from './wrap-words.ts';

/** Two histories, for whoever decides whether a tag goes from the one to the other. */
export function comparisonText(
  { image, tag, candidate, standing, relation, distance, waits, ...only }: TagComparison,
  { paint, width }: Looks,
): string {
  const name = `${image}:${tag}`;
  const how =
    relation === undefined ? [] : [`seen from where ${name} is, it is ${sentence(relation, distance)}`];
  return [
    `${paint('strong', name)} is on ${line(standing)}`,
    `${paint('strong', 'waiting')}      ${line(candidate)}`,
    '',
    ...wrapWords([...(waits === undefined ? [] : [oneLine(waits)]), ...how].join('; '), width),
    '',
    ...history(`only ${name} has`, only.onlyStanding, paint),
    ...history('only the commit that waits has', only.onlyCandidate, paint),
    paint('quiet', `headway accept ${name} ${candidate.sha} --yes moves the tag there`),
  ].join('\n');
}

function line(commit: CommitLine | undefined): string {
  if (commit === undefined) return 'no commit that is known';
  const { sha, subject, author, committedAt } = commit;
  const told = [subject, author, committedAt?.slice(0, 10)].filter(text => text !== undefined);
  return [shortSha(sha), ...told.map(oneLine)].join('  ');
}

function history(title: string, subjects: readonly string[] | undefined, paint: Paint): string[] {
  if (subjects === undefined) return [`${title}: not known here`, ''];
  if (subjects.length === 0) return [`${title}: nothing`, ''];
  return [paint('quiet', `${title}:`), ...subjects.map(subject => `  ${oneLine(subject)}`), ''];
}

function sentence(relation: NonNullable<TagComparison['relation']>, distance: number | undefined): string {
  if (relation === 'unknown') return 'of an order that is not known';
  return distance === undefined ? relation : `${relation} by ${distance}`;
}
