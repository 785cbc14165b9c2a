import type { HookConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Signatures } from '../../shared/ports/signatures.ts';
import type { Records } from '../../shared/records/records.ts';

/** What the function stands on. */
export type Hooks = {
  readonly records: Records;
  readonly hints: Hints;
  /** By name: each is `POST /hooks/NAME`. */
  readonly hooks: Readonly<Record<string, HookConfiguration>>;
  /** The secret of the hook with this name. One whose secret is empty does not exist. */
  readonly secret: (name: string) => string;
  /** How long a delivery is kept, in milliseconds. */
  readonly keepFor: number;
  readonly clock: Clock;
  readonly log: Log;
  /** A text without any secret that is known. */
  readonly redact: (text: string) => string;
  readonly signatures: Signatures;
};

export type Hook = { readonly source: string; readonly kind: HookConfiguration['kind'] };
