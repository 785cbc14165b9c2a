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
  type YAMLError,
} from 'yaml';
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
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true });
  const place = (offset: number) => placeAt(text, Math.min(offset, text.length));
  const syntax = [...document.errors, ...document.warnings];
  const structure = wrongStructure(document);
  const found = [
    ...syntax.map(error => [startOfError(error, text), yamlSentence(error.code)] as const),
    ...structure,
  ];
  let data: unknown;
  if (structure.length === 0 && syntax.every(({ code }) => code === 'DUPLICATE_KEY')) {
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

/** The parser places a second key at the white space in front of it. */
function startOfError({ code, pos: [start] }: YAMLError, text: string): number {
  return code === 'DUPLICATE_KEY' ? start + text.slice(start).search(/\S|$/) : start;
}

/** What the parser takes and we do not: aliases that lead nowhere, and more levels than anybody needs. */
function wrongStructure(document: Document): Found[] {
  const found: Found[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined) found.push([startOf(alias) ?? 0, yamlSentence('BAD_ALIAS')]);
    },
    Pair(_, { key }) {
      if (!isScalar(key) || key.value !== '__proto__') return;
      found.push([startOf(key) ?? 0, 'expected another name than __proto__']);
    },
    Collection(_, collection, path) {
      if (path.length < MOST_LEVELS) return undefined;
      found.push([startOf(collection) ?? 0, yamlSentence('RESOURCE_EXHAUSTION')]);
      return visit.SKIP;
    },
  });
  return found;
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
  if (isMap(node)) {
    return node.items.findLast(({ key }) => isScalar(key) && String(key.value) === String(step));
  }
  const item = isSeq(node) && typeof step === 'number' ? node.items[step] : undefined;
  return item === undefined ? undefined : { key: item, value: item };
}

/** Nothing for a value that is not written out, as after `key:`. */
function startOf(node: unknown): number | undefined {
  if (!isNode(node) || !node.range) return undefined;
  const [start, end] = node.range;
  return end > start || isAlias(node) ? start : undefined;
}

/** Counted here, since the parser's own counter loses lines in some broken texts. */
function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function firstOfEachLine<T extends Place>(sorted: readonly T[]): T[] {
  return sorted.filter(({ line }, index) => sorted[index - 1]?.line !== line);
}
