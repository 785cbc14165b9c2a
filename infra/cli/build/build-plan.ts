import { formatImageReference } from '../../../shared/domain/names/image-reference.ts';
import type { PlannedImage } from '../../../shared/domain/plans/plan-images.ts';
import type { TreeImage } from '../../../shared/domain/tree/image-tree.ts';
import type { Built } from '../../../shared/ports/builder.ts';
import type { PlanReport } from '../plan/make-plan.ts';
import { type BuildImage, buildImage } from './build-image.ts';
import { placeOf } from './places.ts';
import { type Ended, runInOrder } from './run-in-order.ts';

export type PlanEnd = {
  readonly name: string;
  readonly action: 'built' | 'failed' | 'left out' | 'kept';
  readonly reference?: string;
  readonly digest?: string;
  readonly reason?: string;
};

/** Builds everything that is planned, each once its parent is pushed, and tells of every image in the order of the tree. */
export async function buildPlan(its: BuildImage, { limit }: { readonly limit: number }): Promise<PlanEnd[]> {
  const { report } = its;
  const planned = report.plan.builds.map(({ image }) => image);
  const ends = await runInOrder(planned, { limit, run: image => buildImage(its, image) });
  return report.images.map(image => ({ name: image.name, ...told(image, ends.get(image.name)) }));
}

function told(image: TreeImage, end: Ended<Built> | undefined): Omit<PlanEnd, 'name'> {
  switch (end?.kind) {
    case undefined:
      return { action: 'kept' };
    case 'done': {
      const { digest } = end.result;
      return { action: 'built', reference: formatImageReference({ ...placeOf(image), digest }), digest };
    }
    case 'failed':
      return { action: 'failed', reason: end.error instanceof Error ? end.error.message : String(end.error) };
    case 'left out':
      return { action: 'left out', reason: `it stands on ${end.because}` };
  }
}

/** The plan with these images alone, whatever changed; all other images are taken as they are. */
export function onlyThese(report: PlanReport, names: readonly string[]): PlanReport {
  const wanted = new Set(names);
  const builds: PlannedImage[] = report.images
    .filter(({ name }) => wanted.has(name))
    .map(image => ({ image, reasons: [{ kind: 'full rebuild', wantedBy: 'person' }] }));
  const kept = report.images
    .filter(({ name }) => !wanted.has(name))
    .map(
      image => report.plan.kept.find(one => one.image === image) ?? { image, kind: 'up to date' as const },
    );
  return { ...report, plan: { builds, kept } };
}
