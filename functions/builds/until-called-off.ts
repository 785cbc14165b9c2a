import type { Build } from '../../shared/domain/documents/build.ts';
import type { RecordRef, Records } from '../../shared/records/records.ts';

export type UntilCalledOff = {
  readonly records: Records;
  /** Where changes are told of at no cost; elsewhere a build that is called off stops when its claim is to be renewed. */
  readonly watch?: Records['watch'];
};

/** Whether a person, or a newer commit, wants no more of it. */
export function isCalledOff(build: Pick<Build, 'status'> | undefined): boolean {
  return build?.status === 'superseded' || build?.status === 'cancelled';
}

/** Builds with a signal that is aborted as soon as the build is called off, so that its place is free for the next. */
export async function untilCalledOff<R>(
  { records, watch }: UntilCalledOff,
  ref: RecordRef<Build>,
  act: (calledOff: AbortSignal) => Promise<R>,
): Promise<R> {
  const calledOff = new AbortController();
  const stopWatching = watch?.(changed => {
    if (changed.collection !== ref.collection || changed.key !== ref.key) return;
    records.get(ref).then(
      build => isCalledOff(build) && calledOff.abort(new Error('The build was called off')),
      // What cannot be read now is found out when the claim is to be renewed.
      () => {},
    );
  });
  try {
    return await act(calledOff.signal);
  } finally {
    stopWatching?.();
  }
}
