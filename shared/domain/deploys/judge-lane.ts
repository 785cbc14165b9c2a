import { instant } from '../claims.ts';
import type { Lane } from '../documents/lane.ts';
import type { Wait } from './judge-start.ts';

const LOOK_MS = 5_000;

type Asking = {
  readonly target: string;
  readonly service: string;
  readonly limit: number;
  /** How long its deploy takes at the latest, in milliseconds. */
  readonly lasts: number;
  readonly now: number;
};

/** Whether a service may be deployed beside those that are being deployed at its target. Asking again renews. */
export function judgeLane(
  lane: Lane | undefined,
  { target, service, limit, lasts, now }: Asking,
): { readonly lane: Lane; readonly wait?: Wait } {
  const at = instant(now);
  const alive = Object.entries(lane?.holders ?? {}).filter(([, until]) => until > at);
  const others = alive.filter(([name]) => name !== service);
  if (others.length >= limit) {
    const reason = `waits: ${others.length} of ${limit} are being deployed at "${target}"`;
    return { lane: { target, holders: Object.fromEntries(alive) }, wait: { reason, until: now + LOOK_MS } };
  }
  return { lane: { target, holders: { ...Object.fromEntries(others), [service]: instant(now + lasts) } } };
}

/** The lane without a service that is done. */
export function leaveLane(lane: Lane, service: string): Lane {
  const others = Object.entries(lane.holders).filter(([name]) => name !== service);
  return { ...lane, holders: Object.fromEntries(others) };
}
