import type { Build } from '../documents/build.ts';

/** Nothing more happens to it by itself. */
export function hasEnded({ status }: Pick<Build, 'status'>): boolean {
  return status !== 'waiting' && status !== 'building';
}

/** For people: the end of the sentence "its build …". */
export function howItEnded({ status }: Pick<Build, 'status'>): string {
  return status === 'superseded' || status === 'cancelled' ? `was ${status}` : status;
}
