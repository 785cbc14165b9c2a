import type { Mistake as DomainMistake } from '../../domain/configuration/mistake.ts';
import { formatPath } from './format-path.ts';
import type { Mistake } from './read-configuration.ts';
import type { SchemaMistake } from './schema-mistakes.ts';
import type { YamlText } from './yaml-text.ts';

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
