import type { Mistake as DomainMistake } from '../../domain/configuration/mistake.ts';
import { formatPath } from './format-path.ts';
import type { SchemaMistake } from './schema-mistakes.ts';
import type { YamlText } from './yaml-text.ts';

/** Something wrong in a configuration file, and where. Never holds what may be a secret. */
export type Mistake = {
  /** The file, as it was named to whoever read it. */
  readonly file: string;
  /** Both from 1, and inside of the file. */
  readonly line: number;
  readonly column: number;
  /** e.g. `tags.prod.images[0]`; empty for the whole file and for what is not YAML. */
  readonly path: string;
  /** A sentence: what is wrong, what was expected, what was found. */
  readonly message: string;
  /** What was found, where it may be shown. */
  readonly found?: string;
};

/** Says where in a file a mistake is. */
export function placer(yaml: YamlText, file: string) {
  return ({ path, message, found, ...where }: DomainMistake & Partial<SchemaMistake>): Mistake => ({
    file,
    ...yaml.placeOf(where.hiddenKey === undefined ? path : [...path, where.hiddenKey], where.at ?? 'value'),
    path: formatPath(path),
    message,
    ...(found !== undefined && { found }),
  });
}

/** That of the file. */
export function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  return mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
