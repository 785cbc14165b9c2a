import type { Configuration } from '../configuration/schema.ts';
import { isMovedByItself } from '../configuration/tags.ts';
import type { NamedGate } from './open-gates.ts';

/** Names of the gates that hold before a promotion moves the tag: its own where it has some, else those of all promotions. */
export function gatesOf({ tags, promotions }: Pick<Configuration, 'tags' | 'promotions'>, tag: string) {
  const own = Object.hasOwn(tags, tag) ? tags[tag]?.gates : undefined;
  return [...new Set(own ?? promotions.gates)];
}

/** The gates in front of a tag that moves by itself: those that it names. */
export function gatesOfMove(
  { tags, gates }: Pick<Configuration, 'tags' | 'gates'>,
  tag: string,
): NamedGate[] {
  const own = Object.hasOwn(tags, tag) ? tags[tag]?.gates : undefined;
  return [...new Set(own)].map(name => ({ name, settings: gates[name] }));
}

/** Whether a tag of an image moves by itself behind the gate. */
export function isGatedMove(
  { tags }: Pick<Configuration, 'tags'>,
  {
    image,
    tag = '',
    gate,
  }: { readonly image: string; readonly tag?: string | undefined; readonly gate: string },
): boolean {
  const rule = Object.hasOwn(tags, tag) ? tags[tag] : undefined;
  if (rule === undefined || !isMovedByItself(rule) || !rule.images.includes(image)) return false;
  return rule.gates?.includes(gate) === true;
}
