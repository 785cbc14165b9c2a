import type { Promotion } from '../documents/promotion.ts';

type Aim = Pick<Promotion, 'from' | 'to' | 'undoes' | 'takesBack'>;

/** Whether it brings its target back, by digest: no gate holds that up, and it has no source. */
export function isWayBack({ undoes, takesBack }: Pick<Aim, 'undoes' | 'takesBack'>): boolean {
  return undoes !== undefined || takesBack !== undefined;
}

/** What it does, in words that follow "Cannot". */
export function wishText({ from, to, undoes, takesBack }: Aim): string {
  if (undoes !== undefined) return `undo promotion ${undoes}`;
  return takesBack === undefined ? `promote "${from}"` : `take "${to}" back`;
}
