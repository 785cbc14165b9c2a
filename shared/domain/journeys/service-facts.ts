import type { Build } from '../documents/build.ts';
import type { Commit } from '../documents/commit.ts';
import type { Delivery } from '../documents/delivery.ts';
import type { Move } from '../documents/move.ts';
import type { Deploy, Service, Version } from '../documents/service.ts';
import type { Tag } from '../documents/tag.ts';

/** Every document that has a say in what a service runs. `Version` facts are about the digest it runs, or should. */
export type ServiceFacts = {
  readonly service: Service;
  readonly tag?: Tag | undefined;
  /** The last deploy of the explained digest, and the last of all. */
  readonly deploy?: Deploy | undefined;
  readonly lastDeploy?: Deploy | undefined;
  /** The tag's ledger, newest first. */
  readonly moves: readonly Move[];
  readonly build?: Build | undefined;
  readonly delivery?: Omit<Delivery, 'body'> | undefined;
  readonly commit?: Commit | undefined;
  /** The newest commit of the branch that the tag follows, with the image's build there and its parent's. */
  readonly head?:
    | { readonly sha: string; readonly build?: Build | undefined; readonly parentBuild?: Build | undefined }
    | undefined;
};

/** The version that an explanation is about: what runs, else what should. */
export function explainedVersion({ observed, wanted }: Service): Version | undefined {
  return observed ?? wanted;
}

export function isGreen({ phase, observed, wanted }: Service): boolean {
  return phase === 'running' && observed !== undefined && observed.digest === wanted?.digest;
}
