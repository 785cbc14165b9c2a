import type { Build } from '../documents/build.ts';

/** Nothing more happens to it by itself. */
export function hasEnded({ status }: Pick<Build, 'status'>): boolean {
  return status !== 'waiting' && status !== 'building';
}
