import { instant } from '../claims.ts';
import type { Build } from '../documents/build.ts';
import type { QueuePause } from '../documents/queue-pause.ts';

type Paused = NonNullable<QueuePause['paused']>;

/** Why nothing is begun, as it stands on the builds that wait for that; nothing where nobody has paused them. */
export function pausedSentence({ paused }: { readonly paused?: Paused | undefined }): string | undefined {
  return paused && `builds are paused by ${paused.by}: ${paused.why}`;
}

/** A build that waited for the end of a pause, due now; nothing for one that waits for something else. */
export function afterPause(build: Build | undefined, pause: QueuePause, now: number): Build | undefined {
  const sentence = pausedSentence(pause);
  if (build?.status !== 'waiting' || sentence === undefined || build.lastError !== sentence) return undefined;
  return { ...build, due: instant(now), lastError: undefined };
}
