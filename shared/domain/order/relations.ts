/** What one commit is, seen from another: `newer` when the other is its ancestor. */
export type Relation = 'same' | 'newer' | 'older' | 'diverged' | 'unknown';
/** With the number of commits between them, where that is known. */
export type Ordered = { readonly relation: Relation; readonly distance?: number };

const SEEN_FROM_THE_OTHER = {
  same: 'same',
  newer: 'older',
  older: 'newer',
  diverged: 'diverged',
  unknown: 'unknown',
} as const;

/** The same fact, seen from the other commit. */
export function inverse({ relation, ...rest }: Ordered): Ordered {
  return { ...rest, relation: SEEN_FROM_THE_OTHER[relation] };
}

/** Whether a commit that is this, seen from a branch's head, can be reached from that head. */
export function isReachable(seenFromHead: Relation): boolean {
  return seenFromHead === 'same' || seenFromHead === 'older';
}
