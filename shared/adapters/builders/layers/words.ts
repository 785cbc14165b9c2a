import { StepRefused } from './refusals.ts';

export type NamedValue = { readonly name: string; readonly value: string };

/** The strings of an instruction's JSON form; nothing when it is not in that form. */
export function jsonWords(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(item => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

export function blankWords(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '');
}

/** Words between blanks; quotes and the escape character keep a blank inside a word, and stay in it. */
export function quotedWords(text: string, escapeMark: string): string[] {
  const mark = escapeMark === '`' ? '`' : '\\\\';
  const escaped = `${mark}.`;
  const quoted = `"(?:${escaped}|[^"${mark}])*"|'[^']*'`;
  // The last one: a quote that is not closed, or an escape character with nothing behind it.
  return text.match(new RegExp(`(?:${escaped}|${quoted}|[^\\s"'${mark}]|["'${mark}])+`, 'gs')) ?? [];
}

/** `NAME=value …`, or the old form `NAME everything else`, as ENV and LABEL take them. */
export function namedValues(text: string, escapeMark: string): NamedValue[] {
  const words = quotedWords(text, escapeMark);
  if (words[0] !== undefined && !words[0].includes('=')) {
    const [, name = '', value = ''] = /^(\S+)\s+(.+)$/s.exec(text) ?? [];
    if (name === '') throw new StepRefused(`expected NAME=value, found ${JSON.stringify(text)}`);
    return [{ name, value }];
  }
  return words.map(word => {
    const equals = word.indexOf('=');
    if (equals < 1) throw new StepRefused(`expected NAME=value, found ${JSON.stringify(word)}`);
    return { name: word.slice(0, equals), value: word.slice(equals + 1) };
  });
}
