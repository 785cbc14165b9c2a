import { CST, Parser } from 'yaml';
import type { ImageField } from '../../../domain/manifests/references.ts';
import {
  helmField,
  kustomizeField,
  type MapEntries,
  type MapEntry,
} from '../../../domain/manifests/split-references.ts';

/**
 * Where the values of all `image` keys stand, and where the digests of kustomize's `images` and of the images in
 * Helm's values are to stand, in every document of a YAML (or JSON) file: plain or quoted, in
 * block or flow style. The syntax tree is read and not the data, so that a file that is not quite YAML, such as a
 * template, still shows what can be read of it. What merely looks like a key, in a comment or a block of text,
 * does not count.
 */
export function findImageFields(text: string): ImageField[] {
  const fields: ImageField[] = [];
  for (const document of new Parser().parse(text)) {
    if (document.type !== 'document') continue;
    CST.visit(document, ({ key, value }) => {
      if (value === undefined) return;
      if (keyText(key) === 'image') fields.push(...fieldOf(value));
      if (keyText(key) === 'images') fields.push(...kustomizeFields(text, value));
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
  const place = placeOf(value);
  if (place !== undefined) return [{ start: place.start, end: place.end }];
  const field = helmField(entriesOf(value));
  return field === undefined ? [] : [field];
}

function kustomizeFields(text: string, images: CST.Token): ImageField[] {
  const items = images.type === 'block-seq' || images.type === 'flow-collection' ? images.items : [];
  return items.flatMap(({ value }) => {
    const field = value && kustomizeField(text, entriesOf(value));
    return field === undefined ? [] : [field];
  });
}

/** The keys of a mapping that have a plain or quoted text; none of anything that is no mapping. */
function entriesOf(mapping: CST.Token): MapEntries {
  const items = mapping.type === 'block-map' || mapping.type === 'flow-collection' ? mapping.items : [];
  return new Map(
    items.flatMap(({ key, value }) => {
      const name = keyText(key);
      const place = value && placeOf(value);
      if (!key || name === undefined || place === undefined) return [];
      return [[name, { keyStart: key.offset, ...place }] as const];
    }),
  );
}

/** Where a text stands, without its quotes. */
function placeOf(value: CST.Token): Omit<MapEntry, 'keyStart'> | undefined {
  switch (value.type) {
    case 'scalar':
      return { value: value.source, start: value.offset, end: value.offset + value.source.length };
    case 'single-quoted-scalar':
    case 'double-quoted-scalar':
      // An escape in double quotes is left as it is: a reference holds none, so that it will not be taken for one.
      return {
        value: value.source.slice(1, -1),
        start: value.offset + 1,
        end: value.offset + value.source.length - 1,
      };
    default:
      return undefined;
  }
}
