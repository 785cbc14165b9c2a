import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import type { RecordRef, Records } from '../../shared/records/records.ts';

/** What the function works with. */
export type Promote = {
  readonly records: Records;
  readonly hints: Hints;
  readonly registry: Registry;
  readonly configuration: Pick<Configuration, 'tags'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Who claims. */
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
