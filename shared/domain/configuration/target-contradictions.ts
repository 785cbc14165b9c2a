import type { Mistake } from './mistake.ts';
import type { Configuration } from './schema.ts';

/** Targets whose settings say half of something, or two things that exclude each other. */
export function halves({ targets }: Configuration): Mistake[] {
  return Object.entries(targets).flatMap(([name, target]) => {
    if (target.kind === 'git' && target.apply !== undefined && target.pullRequest !== undefined) {
      const message =
        'expected no apply beside pullRequest: what is merged later has to be applied by whoever merges it';
      return [{ path: ['targets', name, 'apply'], message }];
    }
    if (target.kind !== 'ecs') return [];
    const { accessKeyId, secretAccessKey } = target;
    if ((accessKeyId === undefined) === (secretAccessKey === undefined)) return [];
    const missing = accessKeyId === undefined ? 'accessKeyId' : 'secretAccessKey';
    const message = `expected accessKeyId and secretAccessKey together; "${missing}" is missing`;
    return [{ path: ['targets', name], message }];
  });
}
