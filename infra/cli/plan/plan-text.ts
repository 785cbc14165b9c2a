import { shortSha } from '../../../shared/domain/names/commit-sha.ts';
import type { KeptImage, PlannedImage } from '../../../shared/domain/plans/plan-images.ts';
import { reasonText } from '../../../shared/domain/plans/reasons.ts';
import { remarkText } from '../../../shared/domain/tree/remark-text.ts';
import { alignColumns } from '../text/align-columns.ts';
import type { Paint } from '../text/style.ts';
import { drawTree } from './draw-tree.ts';
import type { PlanReport } from './make-plan.ts';

/** A plan for people: what was compared, the tree with a word and a reason for each image, and what else to know. */
export function planText(report: PlanReport, paint: Paint): string {
  const { plan, images } = report;
  const words = wordsOf(report, paint);
  const rows = drawTree(images).map(({ name, drawing }) => [drawing, ...(words.get(name) ?? [])]);
  const unanswered = new Set(
    plan.kept.flatMap(({ kind, note }) => (kind === 'unknown' && note ? [note] : [])),
  );
  const warnings = [...report.remarks.map(remarkText), ...report.notes, ...unanswered];
  return [
    ...headline(report),
    '',
    ...alignColumns(rows),
    '',
    plan.skippedBy === undefined
      ? `builds ${plan.builds.length} of ${count(images.length, 'image')}`
      : `nothing is built: a message says "${plan.skippedBy}"`,
    ...warnings.map(text => paint('warn', `note: ${text}`)),
  ].join('\n');
}

/** The same for programs: every image with its word, its reasons in words and as data. */
export function planJson({ plan, images, ...report }: PlanReport): unknown {
  const builds = new Map(plan.builds.map(planned => [planned.image.name, planned]));
  const kept = new Map(plan.kept.map(image => [image.image.name, image]));
  return {
    ...report,
    ...(plan.skippedBy !== undefined && { skippedBy: plan.skippedBy }),
    images: images.map(({ name, repository, parents, folder }) => {
      const planned = builds.get(name);
      const about = { name, repository, parents, folder };
      if (planned === undefined) {
        const { kind, note } = kept.get(name) ?? {};
        return { ...about, action: 'keep', why: [keptText(kept.get(name))], kind, note };
      }
      return { ...about, action: 'build', why: planned.reasons.map(reasonText), reasons: planned.reasons };
    }),
  };
}

function headline({ file, commit, base, branch, tag, commits, files }: PlanReport): string[] {
  const compared =
    base === undefined
      ? 'with nothing before it'
      : `compared with ${shortSha(base)}: ${count(commits, 'commit')}, ${count(files, 'file')}`;
  return [`${file} at ${shortSha(commit)} on ${branch}, ${compared}`, `tag ${tag}`];
}

function wordsOf({ plan }: PlanReport, paint: Paint): Map<string, readonly string[]> {
  const built = ({ image, reasons }: PlannedImage) =>
    [image.name, [paint('good', 'build'), reasonText(reasons[0])]] as const;
  const kept = (keeping: KeptImage) =>
    [keeping.image.name, [paint('quiet', 'keep'), paint('quiet', keptText(keeping))]] as const;
  return new Map([...plan.builds.map(built), ...plan.kept.map(kept)]);
}

function keptText(kept: KeptImage | undefined): string {
  if (kept?.kind === 'reused') return `unchanged; ${kept.note ?? 'an older image'} will do`;
  if (kept?.kind === 'unknown')
    return `unchanged; whether it is there is unknown: ${kept.note ?? 'no answer'}`;
  return 'unchanged';
}

function count(many: number, thing: string): string {
  return `${many} ${thing}${many === 1 ? '' : 's'}`;
}
