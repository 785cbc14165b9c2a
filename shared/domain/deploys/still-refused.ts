import type { Service, Version } from '../documents/service.ts';

/** A commit that is older than the one that a person took a service back from. */
export type Older = { readonly commit: string; readonly than: string };

/**
 * The service with what it refuses by now. What a person took it back from is a commit: another build of it, or an older
 * commit, is refused like that. What failed by itself is one digest, and another may be its mend.
 */
export function stillRefused(
  service: Service,
  wish: Pick<Version, 'digest' | 'commit'> | undefined,
  older?: Older,
): Service {
  const { refused } = service;
  if (refused?.by === undefined || refused.commit === undefined || wish?.commit === undefined) return service;
  const isOlder = older?.commit === wish.commit && older.than === refused.commit;
  if (wish.commit !== refused.commit && !isOlder) return service;
  return { ...service, refused: { ...refused, digest: wish.digest } };
}
