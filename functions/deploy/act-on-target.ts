import type { Wait } from '../../shared/domain/deploys/judge-start.ts';
import type { Seen } from '../../shared/domain/deploys/record-seen.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import type { Observation, Order, Target } from '../../shared/ports/target.ts';

export type Act = {
  readonly order: Order;
  /** Ask the target for the change, or only see how far it is. */
  readonly ask: boolean;
  /** Why nothing may be changed there, whatever it runs. */
  readonly held?: Wait | undefined;
  /** When the deploy was dispatched, RFC 3339. */
  readonly since: string;
  readonly now: number;
  /** Aborted when the claim is lost. */
  readonly lost: AbortSignal;
};

const LOOK_AGAIN_MS = 1_000;
const HELD_LOOK_MS = 5 * 60_000;

/** Asks a target to run a digest and sees what is so afterwards. Only what was observed counts as running. */
export async function actOnTarget(target: Target | undefined, act: Act): Promise<Seen> {
  if (target === undefined) return { phase: 'unknown', message: 'its target is left out on this machine' };
  const { order, ask, lost, now } = act;
  const before = await target.observe(order.name, order.service, order.image);
  if (before.state === 'running' && before.digest === order.image.digest) return { phase: 'running' };
  if (before.state === 'held') return held(before.reason);
  if (before.state === 'unknown') throw new Error(`Cannot see ${order.name} at its target: ${before.reason}`);
  if (act.held !== undefined) return held(act.held.reason, act.held.until - now);
  if (!ask) return judgeProgress(before, act);
  const timeout = AbortSignal.timeout(milliseconds(order.service.timeout));
  const answer = await target.deploy(order, AbortSignal.any([lost, timeout]));
  if (answer.kind === 'failed') return { phase: 'failed', message: answer.reason };
  if (answer.kind === 'held') return held(answer.reason);
  const after = await target.observe(order.name, order.service, order.image);
  if (after.state === 'running' && after.digest === order.image.digest)
    return { phase: 'running', broken: true };
  return judgeProgress(after, act);
}

/** Taken by the target but not seen running: looked at again until the service's timeout. */
function judgeProgress(seen: Observation, { order, since, now }: Act): Seen {
  if (seen.state === 'failed') return { phase: 'failed', message: seen.reason };
  const late = now - Date.parse(since) > milliseconds(order.service.timeout);
  const reason = 'reason' in seen ? seen.reason : `found ${seen.state}`;
  if (late) return { phase: 'failed', message: `not running within ${order.service.timeout}: ${reason}` };
  return { phase: 'accepted', message: reason, again: LOOK_AGAIN_MS };
}

function held(reason: string, again = HELD_LOOK_MS): Seen {
  return { phase: 'held', message: reason, again };
}
