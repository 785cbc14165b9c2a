import { type Spec, SpecShape, specJsonSchema } from '../../domain/tree/spec.ts';
import { type Declared, treeOfSpec } from '../../domain/tree/tree-of-spec.ts';
import type { Mistake } from './placed-mistakes.ts';
import { inOrder, placer } from './placed-mistakes.ts';
import { schemaMistakes } from './schema-mistakes.ts';
import { parseYaml } from './yaml-text.ts';

export type SpecReading =
  | (Declared & {
      /** All of it: commands, tests, pruning. */
      readonly spec: Spec;
      /** For what only the Dockerfiles show. */
      mistakeAt(path: readonly (string | number)[], message: string): Mistake;
    })
  | { readonly mistakes: readonly Mistake[] };

/**
 * Reads the text of a `spec.yml`. Never throws: either there are images, or every mistake there is, in the order
 * of the file.
 *
 * @param path where the file is in its repository, e.g. `images/spec.yml`: the images are in folders beside it.
 */
export function readSpec(text: string, { path: file }: { readonly path: string }): SpecReading {
  const yaml = parseYaml(text);
  const syntax = yaml.mistakes.map(mistake => ({ file, path: '', ...mistake }));
  if (yaml.data === undefined) return { mistakes: syntax };
  const placed = placer(yaml, file);
  const parsed = SpecShape.safeParse(yaml.data ?? {});
  if (!parsed.success) {
    const found = schemaMistakes(parsed.error.issues, yaml.data, specJsonSchema());
    return { mistakes: inOrder([...syntax, ...found.map(placed)]) };
  }
  const folder = file.slice(0, Math.max(0, file.lastIndexOf('/')));
  const tree = treeOfSpec(parsed.data, { folder });
  if ('mistakes' in tree) return { mistakes: inOrder([...syntax, ...tree.mistakes.map(placed)]) };
  if (syntax.length > 0) return { mistakes: syntax };
  return { ...tree, spec: parsed.data, mistakeAt: (path, message) => placed({ path, message }) };
}
