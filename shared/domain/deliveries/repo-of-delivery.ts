import type { Configuration } from '../configuration/schema.ts';
import type { Delivery } from '../documents/delivery.ts';
import { sameRepoUrl } from './repo-url.ts';

/** Which repo of the configuration a delivery is about: the one that its hook names, or that has one of the URLs. */
export function repoOfDelivery(
  { hooks, repos }: Pick<Configuration, 'hooks' | 'repos'>,
  { source }: Pick<Delivery, 'source'>,
  urls: readonly string[],
): string | undefined {
  const hook = hooks[source];
  if (hook !== undefined && 'repo' in hook && hook.repo !== undefined) return hook.repo;
  return Object.keys(repos).find(name => urls.some(url => sameRepoUrl(url, repos[name]?.url ?? '')));
}
