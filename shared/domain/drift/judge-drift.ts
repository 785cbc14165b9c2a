import { isHeld } from '../deploys/judge-deploy.ts';
import type { Service } from '../documents/service.ts';
import type { Finding } from '../documents/survey.ts';
import type { Digest } from '../names/digest.ts';

/** What the registry has under a tag now: the digest, with those of its platforms; or why that could not be learned. */
export type Published =
  | { readonly digest: Digest; readonly platforms: readonly Digest[] }
  | { readonly problem: string };

/** What a target says of a service. */
export type Running =
  | { readonly state: 'running'; readonly digest: Digest; readonly updating?: boolean }
  | { readonly state: 'updating' | 'unhealthy' | 'failed' | 'held' | 'unknown'; readonly reason: string }
  | { readonly state: 'absent' };

type Verdict = Pick<Finding, 'verdict' | 'reason' | 'running' | 'published'>;

/**
 * What follows from what runs and what is published: equal is left, different is deployed again, and whatever is not
 * known for certain is reported and left.
 */
export function judgeDrift(
  service: Service | undefined,
  {
    running,
    published,
    now,
  }: { readonly running: Running; readonly published: Published; readonly now: number },
): Verdict {
  if (service !== undefined && isHeld(service, now)) return { verdict: 'held', reason: service.hold?.why };
  if (
    service?.refused !== undefined &&
    'digest' in published &&
    service.refused.digest === published.digest
  ) {
    return { verdict: 'held', reason: `what is published failed here: ${service.refused.reason}` };
  }
  if ('problem' in published) return { verdict: 'unknown', reason: published.problem };
  const { digest } = published;
  switch (running.state) {
    case 'unknown':
      return { verdict: 'unknown', reason: running.reason, published: digest };
    case 'held':
      return { verdict: 'held', reason: running.reason, published: digest };
    case 'updating':
      return { verdict: 'updating', reason: running.reason, published: digest };
    case 'absent':
      return { verdict: 'redeploy', reason: 'it does not run there', published: digest };
    case 'unhealthy':
    case 'failed':
      return { verdict: 'redeploy', reason: running.reason, published: digest };
    case 'running': {
      const seen = { running: running.digest, published: digest };
      if (running.updating === true)
        return { verdict: 'updating', reason: 'an update is under way', ...seen };
      const same = running.digest === digest || published.platforms.includes(running.digest);
      return same
        ? { verdict: 'current', ...seen }
        : { verdict: 'redeploy', reason: 'it runs another', ...seen };
    }
  }
}
