import type { z } from 'zod';
import { closestName } from '../../domain/configuration/closest-name.ts';
import { configurationJsonSchema, type JsonSchema, keysAt } from '../../domain/configuration/json-schema.ts';
import { type Mistake, quoted } from '../../domain/configuration/mistake.ts';
import { foundAt, isHiddenPlace, valueAt } from './found-values.ts';

type Path = readonly (string | number)[];
export type SchemaMistake = Mistake & {
  readonly at: 'key' | 'value';
  /** A key below the path that is where the mistake is, but may not be shown. */
  readonly hiddenKey?: string;
};
type Given = { readonly schema: JsonSchema; readonly data: unknown };
type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  array: 'a list (- item)',
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

/** What the schema finds wrong, in the words of the configuration; one mistake for each thing. */
export function schemaMistakes(
  issues: readonly Issue[],
  data: unknown,
  schema: JsonSchema = configurationJsonSchema(),
): SchemaMistake[] {
  const all = issues.flatMap(issue => mistakesOf(issue, { schema, data }));
  const seen = new Set<string>();
  return all.filter(({ path, at, hiddenKey, message }) => {
    const thing = JSON.stringify([path, at, hiddenKey, message.includes(' is missing') ? message : '']);
    return !seen.has(thing) && seen.add(thing);
  });
}

function mistakesOf(issue: Issue, given: Given): SchemaMistake[] {
  const { data } = given;
  const path = issue.path.map(step => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(path, key, given));
  if (issue.code === 'invalid_key') return [wrongKey(path, issue)];
  const expected = expectation(issue);
  if (path.length > 0 && valueAt(data, path) === undefined) {
    const message = `${quoted(String(path.at(-1)))} is missing: ${expected}`;
    return [{ path: path.slice(0, -1), at: 'key', message }];
  }
  const hiddenKey = path.at(-1);
  if (typeof hiddenKey === 'string' && valueAt(data, path) === null && isHiddenPlace(path.slice(0, -1))) {
    return [{ path: path.slice(0, -1), at: 'key', message: `${expected}, found nothing`, hiddenKey }];
  }
  const wantsScalar = !(issue.code === 'invalid_type' && /object|record|array/.test(issue.expected));
  const { text, value } = foundAt(data, path, wantsScalar);
  const meant = value === undefined ? undefined : closestName(value, choices(issue));
  const hint = meant === undefined ? '' : `; did you mean ${quoted(meant)}?`;
  const found = text === undefined ? '' : `, found ${text}`;
  return [
    {
      path,
      at: 'value',
      message: `${expected}${found}${hint}`,
      ...(value !== undefined && { found: value }),
    },
  ];
}

/**
 * A key is shown only where it is one: in `{password: hunter,two}` the second half of the password is a key to
 * YAML, without a value, and so is all of `{password:hunter2}`.
 */
function unknownKey(path: Path, key: string, given: Given): SchemaMistake {
  const known = keysAt(path, given);
  const free = known.filter(name => valueAt(given.data, [...path, name]) === undefined);
  const meant = closestName(key, free);
  const isKey = meant !== undefined || valueAt(given.data, [...path, key]) !== null;
  if (!isKey || !/^[\w.<-]{1,40}$/.test(key)) {
    const message = `expected a key with a colon and a space after it: one of ${known.join(', ')}`;
    return { path, at: 'key', message, hiddenKey: key };
  }
  const advice =
    meant === undefined ? `; expected one of ${known.join(', ')}` : `; did you mean ${quoted(meant)}?`;
  return { path: [...path, key], at: 'key', message: `unknown key ${quoted(key)}${advice}` };
}

function wrongKey(path: Path, issue: z.core.$ZodIssueInvalidKey): SchemaMistake {
  const [first] = issue.issues;
  const expected = first === undefined ? 'expected another name' : expectation(first);
  const key = String(path.at(-1));
  if (!/^[^:]{1,40}$/.test(key)) {
    return { path: path.slice(0, -1), at: 'key', message: expected, hiddenKey: key };
  }
  return { path, at: 'key', message: `${expected}, found ${quoted(key)}`, found: key };
}

function expectation(issue: Issue): string {
  if (issue.message.startsWith('expected ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
    case 'invalid_union':
      return `expected one of ${choices(issue).join(', ')}`;
    case 'too_small':
      return issue.origin === 'array' ? 'expected at least one item' : `expected at least ${issue.minimum}`;
    case 'too_big':
      return `expected at most ${issue.maximum}`;
    default:
      return 'expected something else';
  }
}

function choices(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' && 'options' in issue ? (issue.options ?? []).map(String) : [];
}
