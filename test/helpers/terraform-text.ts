import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of terraform/ without its comments; strings of ours hold no "#". */
export function terraformText(name: string): string {
  return readFileSync(join('terraform', name), 'utf8').replaceAll(/(?:^|\s)#.*$/gm, '');
}

/** Paths below terraform/ of the files with this ending, what `terraform init` made left out. */
export function terraformFiles(ending: string): string[] {
  return readdirSync('terraform', { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending) && !name.includes('.terraform/'))
    .sort();
}

/** What is inside of the first block or map that begins with these words. */
export function insideOf(text: string, beginning: string): string {
  const from = text.indexOf(beginning);
  if (from < 0) throw new Error(`Cannot find "${beginning}"`);
  const start = text.indexOf('{', from);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '{') depth++;
    if (text[at] === '}' && --depth === 0) return text.slice(start + 1, at);
  }
  throw new Error(`Cannot find the end of "${beginning}"`);
}

/** The entries of a map of maps, in order: `name = { ... }`. */
export function entriesOf(map: string): [name: string, inside: string][] {
  const [first] = /^ *(?=[\w-]+ += \{$)/m.exec(map) ?? [];
  if (first === undefined) return [];
  const names = [...map.matchAll(new RegExp(`^${first}([\\w-]+) += \\{`, 'gm'))];
  return names.map(([beginning, name = '']) => [name, insideOf(map, beginning)]);
}

/** The strings of a list `name = [...]`, or nothing. */
export function stringsOf(text: string, name: string): string[] {
  const [, list = ''] = new RegExp(`\\b${name} += [^[\\n]*\\[([^\\]]*)\\]`).exec(text) ?? [];
  return [...list.matchAll(/"([^"]*)"/g)].map(([, value = '']) => value);
}

/** The labels of the blocks of a kind, e.g. of every `variable`. */
export function labelsOf(text: string, kind: string): string[] {
  return [...text.matchAll(new RegExp(`^${kind} "(\\w+)"`, 'gm'))].map(([, label = '']) => label);
}
