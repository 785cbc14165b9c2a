import { configurationJsonSchema, vocabulary } from '../../domain/configuration/json-schema.ts';
import type { Mistake } from './placed-mistakes.ts';

/**
 * One line a mistake, aligned: `headway.yaml:12:5  tags.prod.images[0]: expected …`. With the text of the file,
 * each is followed by its line and a caret. In that excerpt only the words of the schema and those that
 * the mistake itself quotes are shown; everything else, which may be a secret, is `…`.
 */
export function formatMistakes(mistakes: readonly Mistake[], text?: string): string {
  const places = mistakes.map(({ file, line, column }) => `${file}:${line}:${column}`);
  const width = Math.max(0, ...places.map(place => place.length));
  const lines = text?.split('\n');
  const words = text === undefined ? new Set<string>() : vocabulary(configurationJsonSchema());
  return mistakes
    .flatMap(({ path, message, found = '', line, column }, index) => {
      const sentence = `${places[index]?.padEnd(width)}  ${path === '' ? '' : `${path}: `}${message}`;
      const source = lines?.[line - 1];
      if (source === undefined || source.trim() === '') return [sentence];
      const quoted = message.match(/"[^"]+"/g) ?? [];
      const shown = new Set([...words, ...[path, found, ...quoted].flatMap(wordsOf)]);
      return [sentence, ...excerpt(source, { line, column, shown })];
    })
    .join('\n');
}

const WIDTH = 120;

type Spot = { readonly line: number; readonly column: number; readonly shown: ReadonlySet<string> };

function excerpt(source: string, { line, column, shown }: Spot): string[] {
  let output = '';
  let caret: number | undefined;
  for (const { 0: token, index } of source.matchAll(/\s+|[{}[\],]|"[^"]*"?|'[^']*'?|[^\s{}[\],"']+/g)) {
    const from = output.length;
    output = isShown(token, shown) ? output + token.replaceAll(/\s/g, ' ') : `${output.replace(/… *$/, '')}…`;
    if (caret === undefined && column - 1 < index + token.length) {
      caret = Math.min(from + column - 1 - index, output.length - 1);
    }
  }
  const at = caret ?? output.length;
  const from = Math.max(0, at - WIDTH / 2);
  const shownLine = output.slice(from, from + WIDTH).trimEnd();
  return [`${String(line).padStart(5)} | ${shownLine}`, `${' '.repeat(5)} | ${' '.repeat(at - from)}^`];
}

function isShown(token: string, shown: ReadonlySet<string>): boolean {
  if (/^(?:\s+|[{}[\],:-])$/.test(token)) return true;
  return !/\p{C}/u.test(token) && wordsOf(token).every(word => shown.has(word));
}

/** The words of a text without the punctuation around them. */
function wordsOf(text: string): string[] {
  return text.split(/[\s"'[\]{}]+|\.(?=["\w])|:$|:(?=\s)/).filter(word => word !== '');
}
