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
  /** Not as it should be yet; it may still become so. */
  | { readonly state: 'unhealthy'; readonly reason: string }
  /** The target gave up what was asked of it last; it does not become better by waiting. */
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'absent' }
  /** A person put something there; it is left alone. */
  | { readonly state: 'held'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string };

/** What came of asking: taken (now observe), left alone because of a person's word, or impossible as it is. */
export type Answer =
  | { readonly kind: 'accepted'; readonly note?: string }
  | { readonly kind: 'held'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Something that runs at a target, whether headway knows of it or not. */
export type Found = {
  /** As `workload` of a service in the configuration would name it. */
  readonly workload: string;
  /** Where several containers run together. */
  readonly container?: string;
  /** What it is declared to run, with the tag or digest that is written there. */
  readonly image: ImageReference;
  /** What it is observed running; absent where that could not be seen. */
  readonly digest?: Digest;
  /** An update is under way. */
  readonly updating: boolean;
  /** Labels, or annotations where a target has those. */
  readonly labels: Readonly<Record<string, string>>;
  /** e.g. `linux/arm64`, where known: the digest is that of this platform's image. */
  readonly platform?: string;
};

/** A place that runs services. */
export interface Target {
  /**
   * Everything that runs there from an image, in the order of its names; nothing where a target cannot be asked that.
   *
   * @throws {Error} with a sentence for a target that cannot be reached or denies.
   */
  list(signal: AbortSignal): Promise<readonly Found[]>;
  /** Never throws for a target that is down: that is `unknown`, with the reason. */
  observe(name: string, service: ServiceConfiguration, image: ImageReference): Promise<Observation>;
  /**
   * Asks the target to run exactly this digest. Repeating it changes nothing. Whatever goes wrong, what ran
   * before goes on running. Throws only for what may pass by itself. Gives up when the signal says so.
   */
  deploy(order: Order, signal: AbortSignal): Promise<Answer>;
}
