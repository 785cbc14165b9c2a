import { instant } from '../claims.ts';
import type { GateConfiguration } from '../configuration/gates.ts';
import { isSecretReference } from '../configuration/secret-reference.ts';
import type { GateResult } from '../documents/gate.ts';
import { milliseconds } from '../durations.ts';

/** A gate's settings as its results keep them. They name secrets, and hold none. */
export function settingsText(settings: GateConfiguration): string {
  return JSON.stringify(settings);
}

/** What a result is kept under, of an image by digest: the gate, and its tag where the answer holds for that alone. */
export function resultName({ gate, tag, ofTag }: Pick<GateResult, 'gate' | 'tag' | 'ofTag'>): string {
  return ofTag === true && tag !== undefined ? `${gate}:${tag}` : gate;
}

/**
 * Whether an earlier result still counts for a promotion: only a pass does, of the same settings, while it is valid.
 * What failed is asked again by whoever promotes again, and what only time or people can say is never kept.
 */
export function isValid(
  result: GateResult | undefined,
  settings: GateConfiguration,
  now: number,
): result is GateResult {
  return isTest(settings) && result?.state === 'passed' && isOfNow(result, settings, now);
}

/** Whether what was found was found under the same settings, and is not too old by them. */
export function isOfNow(result: GateResult, settings: GateConfiguration, now: number): boolean {
  if (result.settings !== settingsText(settings)) return false;
  if (!isTest(settings) || settings.validFor === undefined) return true;
  return instant(Date.parse(result.at) + milliseconds(settings.validFor)) > instant(now);
}

/** Whether somebody is asked, whose answer counts for the same digest again. */
export function isTest(
  settings: GateConfiguration,
): settings is Exclude<GateConfiguration, { kind: 'age' | 'healthy-for' | 'approval' }> {
  return settings.kind !== 'age' && settings.kind !== 'healthy-for' && settings.kind !== 'approval';
}

/** Whether the answer may be another one for another tag, since whoever is asked looks at the tag: people do. */
export function isOfTag(settings: GateConfiguration): boolean {
  if (!isTest(settings)) return settings.kind === 'approval';
  if (settings.perTag === true) return true;
  switch (settings.kind) {
    case 'http':
      return settings.method === 'POST' || isSecretReference(settings.url) || settings.url.includes('{tag}');
    case 'command':
      return settings.run.some(namesTag);
    default:
      return settings.command.some(namesTag);
  }
}

function namesTag(word: string): boolean {
  return word.includes('{tag}') || word.includes('HEADWAY_TAG');
}
