import { contradictions } from './contradictions.ts';
import type { Mistake } from './mistake.ts';
import type { Configuration } from './schema.ts';
import { unknownNames } from './unknown-names.ts';

export type { Mistake } from './mistake.ts';

/** Every name that leads nowhere, every cycle, every contradiction between parts. */
export function wrongReferences(configuration: Configuration): Mistake[] {
  return [...unknownNames(configuration), ...contradictions(configuration)];
}
