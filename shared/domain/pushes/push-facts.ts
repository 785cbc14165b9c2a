import type { Configuration } from '../configuration/schema.ts';
import type { Push } from '../deliveries/parse-push.ts';
import type { Branch } from '../documents/branch.ts';
import type { Build } from '../documents/build.ts';
import type { Commit } from '../documents/commit.ts';
import type { Delivery } from '../documents/delivery.ts';
import type { Tag } from '../documents/tag.ts';
import type { BuildWish } from '../plans/wishes.ts';
import type { ForgeFacts } from './judge-push.ts';

/** The documents of a push as they are stored. */
export type PushDocuments = {
  readonly delivery: Delivery | undefined;
  readonly branch: Branch | undefined;
  readonly commit: Commit | undefined;
  /** In the order of the wishes. */
  readonly builds: readonly (Build | undefined)[];
  /** Those that follow the branch; nothing is known yet of those that are new. */
  readonly tags: readonly Tag[];
};
/** What is known of a push when its documents are judged. */
export type PushInput = {
  readonly repo: string;
  readonly push: Push;
  /** What the push wants of each image, parents first. */
  readonly wishes: readonly BuildWish[];
  /** The word in a message that says that nothing is built. */
  readonly skippedBy?: string | undefined;
  /** The tag that its branch has, and that follows the branch. */
  readonly branchTag?: string | undefined;
  readonly facts: ForgeFacts | undefined;
  readonly configuration: Configuration;
  readonly now: number;
};
