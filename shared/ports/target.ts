import type { ServiceConfiguration } from '../domain/configuration/schema.ts';
import type { CommitSha } from '../domain/names/commit-sha.ts';
import type { Digest } from '../domain/names/digest.ts';
import type { ImageReference } from '../domain/names/image-reference.ts';

export type Order = {
  readonly name: string;
  readonly service: ServiceConfiguration;
  /** Repository and digest; a tag is never deployed. */
  readonly image: ImageReference & { readonly digest: Digest };
  readonly commit?: CommitSha;
};

/** What is so at the target now. */
export type Observation =
  | { readonly state: 'running'; readonly digest: Digest }
  | { readonly state: 'updating'; readonly reason: string }
  | { readonly state: 'unhealthy'; readonly reason: string }
  | { readonly state: 'absent' }
  /** A person put something there; it is left alone. */
  | { readonly state: 'held'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string };

/** What came of asking: taken (now observe), left alone because of a person's word, or impossible as it is. */
export type Answer =
  | { readonly kind: 'accepted'; readonly note?: string }
  | { readonly kind: 'held'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** A place that runs services. */
export interface Target {
  /** Never throws for a target that is down: that is `unknown`, with the reason. */
  observe(name: string, service: ServiceConfiguration, image: ImageReference): Promise<Observation>;
  /**
   * Asks the target to run exactly this digest. Repeating it changes nothing. Whatever goes wrong, what ran
   * before goes on running. Throws only for what may pass by itself. Gives up when the signal says so.
   */
  deploy(order: Order, signal: AbortSignal): Promise<Answer>;
}
