import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Artifacts } from '../../shared/ports/artifacts.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Gates } from '../../shared/ports/gate.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import type { Wiki } from '../../shared/ports/wiki.ts';
import type { RecordRef, Records } from '../../shared/records/records.ts';

/** What the function works with. */
export type Promote = {
  readonly records: Records;
  readonly hints: Hints;
  readonly registry: Registry;
  readonly configuration: Pick<
    Configuration,
    'tags' | 'gates' | 'promotions' | 'wikis' | 'images' | 'repos' | 'services'
  >;
  readonly gate: Gates;
  /** A wiki of the configuration by its name. */
  readonly wiki: (name: string) => Wiki;
  /** Where what gates write is kept. */
  readonly artifacts: Artifacts;
  /** The commit that an image says it was built from, and when it was; nothing where it does not say. */
  readonly revision: (image: ImageReference) => Promise<string | undefined>;
  readonly created: (image: ImageReference) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly log: Log;
  /** Who claims: one look, and no other. */
  readonly worker: string;
  readonly redact: (text: string) => string;
};

export type PromotionRef = RecordRef<Promotion>;

/** A promotion that this worker has claimed, and the signal that ends its acts before the claim does. */
export type Claimed = {
  readonly ref: PromotionRef;
  readonly promotion: Promotion;
  readonly signal: AbortSignal;
};

/** How many images are asked about, or moved, at once. */
export const AT_ONCE = 8;
/** How many gates are asked at once: each may be a long test. */
export const GATES_AT_ONCE = 4;
