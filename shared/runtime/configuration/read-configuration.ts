import { wrongReferences } from '../../domain/configuration/references.ts';
import { type Configuration, ConfigurationShape } from '../../domain/configuration/schema.ts';
import { unknownNames } from '../../domain/configuration/unknown-names.ts';
import { inOrder, type Mistake, placer } from './placed-mistakes.ts';
import { schemaMistakes } from './schema-mistakes.ts';
import { parseYaml } from './yaml-text.ts';

export type Reading =
  | {
      readonly configuration: Configuration;
      /** For what is only found out later, such as a secret that is not there. */
      mistakeAt(path: readonly (string | number)[], message: string): Mistake;
    }
  | { readonly mistakes: readonly Mistake[] };

/**
 * Reads a configuration from the text of a YAML file. Never throws: either there is a configuration, or every
 * mistake there is, in the order of the file. What is not YAML cannot be looked into, so that syntax errors are
 * told alone.
 */
export function readConfiguration(text: string, { path: file }: { readonly path: string }): Reading {
  const yaml = parseYaml(text);
  const syntax = yaml.mistakes.map(mistake => ({ file, path: '', ...mistake }));
  if (yaml.data === undefined) return { mistakes: syntax };
  if (yaml.data === null) {
    return {
      mistakes: [{ file, line: 1, column: 1, path: '', message: 'expected a configuration, found nothing' }],
    };
  }
  const placed = placer(yaml, file);
  const parsed = ConfigurationShape.safeParse(yaml.data);
  if (parsed.success && syntax.length === 0) {
    const wrong = wrongReferences(parsed.data).map(placed);
    if (wrong.length > 0) return { mistakes: inOrder(wrong) };
    return { configuration: parsed.data, mistakeAt: (path, message) => placed({ path, message }) };
  }
  const found = parsed.success ? [] : schemaMistakes(parsed.error.issues, yaml.data);
  const told = new Set(found.map(({ path }) => JSON.stringify(path)));
  const names = unknownNames(yaml.data).filter(({ path }) => !told.has(JSON.stringify(path)));
  return {
    mistakes: inOrder([...syntax, ...[...found, ...names].map(placed)]),
  };
}
