import { instant } from '../claims.ts';
import type { GateConfiguration } from '../configuration/gates.ts';
import type { GateResult } from '../documents/gate.ts';
import { milliseconds } from '../durations.ts';

/** A gate's settings as its results keep them. They name secrets, and hold none. */
export function settingsText(settings: GateConfiguration): string {
  return JSON.stringify(settings);
}

/**
 * Whether an earlier result still counts: only a pass does, of the same settings, while it is valid. What failed is
 * asked again by whoever promotes again, and what only time or people can say is never kept.
 */
export function isValid(
  result: GateResult | undefined,
  settings: GateConfiguration,
  now: number,
): result is GateResult {
  if (!isTest(settings) || result?.state !== 'passed') return false;
  if (result.settings !== settingsText(settings)) return false;
  const { validFor } = settings;
  return validFor === undefined || instant(Date.parse(result.at) + milliseconds(validFor)) > instant(now);
}

/** Whether somebody is asked, whose answer counts for the same digest again. */
export function isTest(
  settings: GateConfiguration,
): settings is Exclude<GateConfiguration, { kind: 'age' | 'healthy-for' | 'approval' }> {
  return settings.kind !== 'age' && settings.kind !== 'healthy-for' && settings.kind !== 'approval';
}
