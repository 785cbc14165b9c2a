import { StepRefused } from './refusals.ts';

export type Lookup = (name: string) => string | undefined;

/**
 * A word with its variables replaced and its quotes removed: `$NAME`, `${NAME}`, and `${NAME:-word}`,
 * `${NAME:+word}`, `${NAME:?message}`, also without the colon. An unknown variable is empty.
 * https://docs.docker.com/reference/dockerfile/#environment-replacement
 *
 * @throws {StepRefused} for a form that it does not know, or a quote or brace that is not closed.
 */
export function expand(word: string, lookup: Lookup, escapeMark = '\\'): string {
  return read(word, { lookup, escapeMark, whole: word }).value;
}

type Reading = { readonly lookup: Lookup; readonly escapeMark: string; readonly whole: string };
type Read = { readonly value: string; readonly rest: string };

/** Reads up to the `stop` character, which is left in the rest, or to the end. */
function read(text: string, reading: Reading, stop?: string): Read {
  let rest = text;
  let value = '';
  while (rest !== '' && rest[0] !== stop) {
    const part = readPart(rest, reading);
    value += part.value;
    rest = part.rest;
  }
  return { value, rest };
}

function readPart(text: string, reading: Reading): Read {
  const first = text.charAt(0);
  if (first === "'") return readSingleQuoted(text, reading);
  if (first === '"') return readDoubleQuoted(text, reading);
  if (first === '$') return readVariable(text, reading);
  if (first === reading.escapeMark) return { value: text.charAt(1), rest: text.slice(2) };
  return { value: first, rest: text.slice(1) };
}

function readSingleQuoted(text: string, { whole }: Reading): Read {
  const end = text.indexOf("'", 1);
  if (end === -1) throw unclosed("'", whole);
  return { value: text.slice(1, end), rest: text.slice(end + 1) };
}

function readDoubleQuoted(text: string, reading: Reading): Read {
  let rest = text.slice(1);
  let value = '';
  while (rest[0] !== '"') {
    if (rest === '') throw unclosed('"', reading.whole);
    const escaped = rest[0] === reading.escapeMark && ['"', '$', reading.escapeMark].includes(rest.charAt(1));
    const part = escaped
      ? { value: rest.charAt(1), rest: rest.slice(2) }
      : rest[0] === '$'
        ? readVariable(rest, reading)
        : { value: rest.charAt(0), rest: rest.slice(1) };
    value += part.value;
    rest = part.rest;
  }
  return { value, rest: rest.slice(1) };
}

function readVariable(text: string, reading: Reading): Read {
  if (text[1] === '{') return readBraced(text, reading);
  const [name] = /^(?:\d|[A-Za-z_]\w*)/.exec(text.slice(1)) ?? [];
  if (name === undefined) return { value: '$', rest: text.slice(1) };
  return { value: reading.lookup(name) ?? '', rest: text.slice(1 + name.length) };
}

function readBraced(text: string, reading: Reading): Read {
  const found = /^\$\{(\d|[A-Za-z_]\w*)(?:(:?)([-+?])|(?=\}))/.exec(text);
  if (found === null) {
    throw new StepRefused(
      `cannot read the variable in ${JSON.stringify(reading.whole)}: expected \${NAME}, \${NAME:-word} or \${NAME:+word}`,
    );
  }
  const [start, name = '', colon, operator] = found;
  const word = read(text.slice(start.length), reading, '}');
  if (word.rest === '') throw unclosed('{', reading.whole);
  const known = reading.lookup(name);
  const isSet = known !== undefined && (colon !== ':' || known !== '');
  return { value: choose({ name, known, isSet, operator, word: word.value }), rest: word.rest.slice(1) };
}

function choose(found: {
  readonly name: string;
  readonly known: string | undefined;
  readonly isSet: boolean;
  readonly operator: string | undefined;
  readonly word: string;
}): string {
  const { name, known = '', isSet, operator, word } = found;
  if (operator === '-') return isSet ? known : word;
  if (operator === '+') return isSet ? word : '';
  if (operator === '?' && !isSet) throw new StepRefused(`${name}: ${word || 'must be set'}`);
  return known;
}

function unclosed(mark: string, whole: string): StepRefused {
  return new StepRefused(`${mark} is not closed in ${JSON.stringify(whole)}`);
}
