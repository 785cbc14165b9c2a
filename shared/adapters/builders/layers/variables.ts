import type { Build, Stage } from './build.ts';
import { expand } from './expansion.ts';
import { variablesOf } from './settings.ts';

/** A word as this stage reads it: what ENV set counts before what ARG declared. */
export function expandIn(stage: Stage, word: string, { escapeMark }: Pick<Build, 'escapeMark'>): string {
  const variables = variablesOf(stage.settings);
  return expand(word, name => variables.get(name) ?? stage.args.get(name), escapeMark);
}

/** A value by its name; names such as `constructor` are not taken from elsewhere. */
export function ownValue(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
