import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { derivedOnce } from '../../domain/configuration/derived-once.ts';
import { yamlSentence } from './yaml-errors.ts';

/** Both from 1; the column counts UTF-16 code units, as editors do. */
export type Place = { readonly line: number; readonly column: number };

export type YamlText = {
  /** The values, or nothing where the text is too broken to tell what they are. */
  readonly data: unknown;
  readonly mistakes: readonly (Place & { readonly message: string })[];
  /** Where a path's last key, or its value if that is on the same line, stands: as far as the path exists. */
  placeOf(path: readonly PropertyKey[], part: 'key' | 'value'): Place;
};

/** More aliases than any person writes: a few nested ones can stand for gigabytes. */
const MOST_ALIASES = 100;
const MOST_LEVELS = 64;

type Found = readonly [offset: number, message: string];

/** Reads one YAML 1.2 document. Never throws; every syntax error is a mistake, at most one a line. */
export function parseYaml(text: string): YamlText {
  // The parser would compare each key with all before it.
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true, uniqueKeys: false });
  const lines = lineStarts(text);
  const place = (offset: number) => placeAt(lines, Math.min(offset, text.length));
  const syntax = [...document.errors, ...document.warnings];
  const { structure, twice } = lookThrough(document);
  const found = [
    ...syntax.map(({ code, pos: [start] }) => [start, yamlSentence(code)] as const),
    ...structure,
    ...twice,
  ];
  let data: unknown;
  if (structure.length === 0 && syntax.length === 0) {
    try {
      data = document.toJS({ maxAliasCount: MOST_ALIASES });
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      found.push([0, `expected fewer aliases (*name): they stand for too much`]);
    }
  }
  const mistakes = found.map(([offset, message]) => ({ ...place(offset), message }));
  return {
    data,
    mistakes: firstOfEachLine(mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column)),
    placeOf: (path, part) => place(offsetOf(document, path, part)),
  };
}

/**
 * What the parser takes and we do not: aliases that lead nowhere, and more levels than anybody needs; and keys that
 * are there twice, which leaves no doubt about what the text says.
 */
function lookThrough(document: Document): { readonly structure: Found[]; readonly twice: Found[] } {
  const found: Found[] = [];
  const twice: Found[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined) found.push([startOf(alias) ?? 0, yamlSentence('BAD_ALIAS')]);
    },
    Pair(_, { key }) {
      if (!isScalar(key) || key.value !== '__proto__') return;
      found.push([startOf(key) ?? 0, 'expected another name than __proto__']);
    },
    Collection(_, collection, path) {
      if (path.length < MOST_LEVELS) {
        if (isMap(collection)) twice.push(...keysTwice(collection));
        return undefined;
      }
      found.push([startOf(collection) ?? 0, yamlSentence('RESOURCE_EXHAUSTION')]);
      return visit.SKIP;
    },
  });
  return { structure: found, twice };
}

function keysTwice({ items }: YAMLMap): Found[] {
  const seen = new Set<unknown>();
  return items.flatMap(({ key }): Found[] => {
    if (!isScalar(key)) return [];
    if (seen.has(key.value)) return [[startOf(key) ?? 0, yamlSentence('DUPLICATE_KEY')]];
    seen.add(key.value);
    return [];
  });
}

function offsetOf(document: Document, path: readonly PropertyKey[], part: 'key' | 'value'): number {
  let value: unknown = document.contents;
  let key = startOf(value) ?? 0;
  for (const step of path) {
    const next = below(value, step);
    if (next === undefined) break;
    key = startOf(next.key) ?? key;
    value = next.value;
  }
  const isBlock = isCollection(value) && !value.flow;
  return part === 'key' || isBlock ? key : (startOf(value) ?? key);
}

/** An item of a list is its own key. What an alias stands for is elsewhere, so that nothing is below an alias. */
function below(
  node: unknown,
  step: PropertyKey,
): { readonly key: unknown; readonly value: unknown } | undefined {
  if (isMap(node)) return pairsOf(node).get(String(step));
  const item = isSeq(node) && typeof step === 'number' ? node.items[step] : undefined;
  return item === undefined ? undefined : { key: item, value: item };
}

/** By their keys; of two with one key the last, which is what counts. */
const pairsOf = derivedOnce(
  ({ items }: YAMLMap) =>
    new Map(items.flatMap(pair => (isScalar(pair.key) ? [[String(pair.key.value), pair]] : []))),
);

/** Nothing for a value that is not written out, as after `key:`. */
function startOf(node: unknown): number | undefined {
  if (!isNode(node) || !node.range) return undefined;
  const [start, end] = node.range;
  return end > start || isAlias(node) ? start : undefined;
}

/** The offset of each line. Counted here, since the parser's own counter loses lines in some broken texts. */
function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

function placeAt(lines: readonly number[], offset: number): Place {
  let [at, after] = [0, lines.length];
  while (after - at > 1) {
    const middle = Math.floor((at + after) / 2);
    if ((lines[middle] ?? 0) <= offset) at = middle;
    else after = middle;
  }
  return { line: at + 1, column: offset - (lines[at] ?? 0) + 1 };
}

function firstOfEachLine<T extends Place>(sorted: readonly T[]): T[] {
  return sorted.filter(({ line }, index) => sorted[index - 1]?.line !== line);
}
