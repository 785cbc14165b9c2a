import { CST, Parser } from 'yaml';
import type { ImageField } from '../../../domain/manifests/references.ts';

/**
 * Where the values of all `image` keys stand, in every document of a YAML (or JSON) file: plain or quoted, in
 * block or flow style. The syntax tree is read and not the data, so that a file that is not quite YAML, such as a
 * template, still shows what can be read of it. What merely looks like a key, in a comment or a block of text,
 * does not count.
 */
export function findImageFields(text: string): ImageField[] {
  const fields: ImageField[] = [];
  for (const document of new Parser().parse(text)) {
    if (document.type !== 'document') continue;
    CST.visit(document, ({ key, value }) => {
      if (keyText(key) === 'image' && value !== undefined) fields.push(...fieldOf(value));
    });
  }
  return fields;
}

function keyText(key: CST.Token | null | undefined): string | undefined {
  if (key?.type === 'scalar') return key.source;
  if (key?.type === 'single-quoted-scalar' || key?.type === 'double-quoted-scalar')
    return key.source.slice(1, -1);
  return undefined;
}

function fieldOf(value: CST.Token): ImageField[] {
  switch (value.type) {
    case 'scalar':
      return [{ start: value.offset, end: value.offset + value.source.length }];
    case 'single-quoted-scalar':
    case 'double-quoted-scalar':
      // An escape in double quotes is left as it is: a reference holds none, so that it will not be taken for one.
      return [{ start: value.offset + 1, end: value.offset + value.source.length - 1 }];
    default:
      return [];
  }
}
