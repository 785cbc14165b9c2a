import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import type { CommitOrder } from '../../shared/records/commit-order.ts';
import type { RecordRef, Records } from '../../shared/records/records.ts';

/** What the function works with. */
export type ProdTag = {
  readonly records: Records;
  readonly hints: Hints;
  readonly registry: Registry;
  /** The commit in an image's `org.opencontainers.image.revision` label, where it has one that is a commit. */
  readonly revision: (image: ImageReference) => Promise<string | undefined>;
  readonly forge: Forge;
  readonly order: CommitOrder;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
  /** Who claims: one look, and no other. */
  readonly worker: string;
};

export type TagRef = RecordRef<Tag>;
