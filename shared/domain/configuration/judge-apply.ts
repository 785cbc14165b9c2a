import type { ConfigurationVersion, CurrentConfiguration } from '../documents/configuration-version.ts';
import type { Instant } from '../documents/waiting.ts';

/** A text that somebody wants in force. */
export type Proposal = {
  readonly text: string;
  readonly by: string;
  readonly at: Instant;
  /** The version that was in force when they looked; 0 for none. */
  readonly over: number;
  /** The version whose text it is, where one goes back to it. */
  readonly restores?: number | undefined;
};

export type ApplyVerdict =
  | { readonly kind: 'applied' | 'unchanged'; readonly version: ConfigurationVersion }
  /** Somebody else came between: what they saw is not what would be replaced. */
  | { readonly kind: 'overtaken'; readonly current: CurrentConfiguration | undefined };

/** What becomes of a proposal. Nobody replaces a configuration that they did not see. */
export function judgeApply(
  found: {
    readonly current: CurrentConfiguration | undefined;
    readonly known: ConfigurationVersion | undefined;
  },
  { text, by, at, over, restores }: Proposal,
): ApplyVerdict {
  const { current, known } = found;
  if ((current?.version ?? 0) !== over) return { kind: 'overtaken', current };
  if (known?.text === text) return { kind: 'unchanged', version: known };
  return { kind: 'applied', version: { version: over + 1, text, by, at, restores } };
}
