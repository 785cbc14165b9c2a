import { shortSha } from '../../../shared/domain/names/commit-sha.ts';
import type { PlanReport } from '../plan/make-plan.ts';
import { alignColumns } from '../text/align-columns.ts';
import type { Paint, Tone } from '../text/style.ts';
import type { PlanEnd } from './build-plan.ts';

const TONES: Readonly<Record<PlanEnd['action'], Tone>> = {
  built: 'good',
  failed: 'bad',
  'left out': 'warn',
  kept: 'quiet',
};

/** What became of each image, for people: one line each, and the failures whole. */
export function endText(
  { commit, branch, plan }: PlanReport,
  ends: readonly PlanEnd[],
  paint: Paint,
): string {
  const rows = ends.map(({ name, action, reference, reason = '' }) => [
    name,
    paint(TONES[action], action),
    reference ?? reason.split('\n', 1)[0] ?? '',
  ]);
  const count = (wanted: PlanEnd['action']) => ends.filter(({ action }) => action === wanted).length;
  const failures = ends.filter(({ action, reason = '' }) => action === 'failed' && reason.includes('\n'));
  return [
    '',
    ...alignColumns(rows),
    ...failures.flatMap(({ name, reason }) => ['', `${name}: ${reason}`]),
    '',
    plan.skippedBy === undefined
      ? `${shortSha(commit)} on ${branch}: built ${count('built')} of ${plan.builds.length}`
      : `nothing is built: a message says "${plan.skippedBy}"`,
  ].join('\n');
}

export function endJson({ commit, branch, tag }: PlanReport, images: readonly PlanEnd[]): string {
  return JSON.stringify({ commit, branch, tag, images }, null, 2);
}
