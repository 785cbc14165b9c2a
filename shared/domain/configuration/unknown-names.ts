import { OWN_BUILDERS } from './builders.ts';
import { closestAmong } from './closest-name.ts';
import { type Mistake, quoted } from './mistake.ts';

type Section = 'repos' | 'images' | 'builders' | 'tags' | 'gates' | 'targets' | 'services';

/** Which field of which section names an entry of which other section, or is a word with a meaning of its own. */
const REFERENCES: readonly (readonly [
  section: string,
  field: string,
  to: Section,
  words?: readonly string[],
])[] = [
  ['images', 'repo', 'repos'],
  ['images', 'source', 'repos'],
  ['images', 'parent', 'images'],
  ['images', 'builder', 'builders', OWN_BUILDERS],
  ['builders', 'of', 'builders'],
  ['builders', 'tests', 'builders', ['docker']],
  ['tags', 'images', 'images'],
  ['tags', 'gates', 'gates'],
  ['promotions', 'gates', 'gates'],
  ['gates', 'images', 'images'],
  ['wikis', 'images', 'images'],
  ['gates', 'service', 'services'],
  ['services', 'target', 'targets'],
  ['services', 'image', 'images'],
  ['services', 'tag', 'tags'],
  ['services', 'after', 'services'],
  ['hooks', 'repo', 'repos'],
];

const MANY = 8;

/**
 * Every name that leads nowhere. It takes what is there as it is, so that these mistakes are told together with
 * those that the schema finds.
 */
export function unknownNames(configuration: unknown): Mistake[] {
  // A repo that declares its images itself may name them at any commit.
  const isOpen = Object.values(entriesOf(configuration, 'repos')).some(
    repo => isObject(repo) && Object.hasOwn(repo, 'stack'),
  );
  return REFERENCES.flatMap(([section, field, to, words = []]) => {
    if (isOpen && to === 'images') return [];
    const names = [...words, ...Object.keys(entriesOf(configuration, to))];
    const known = new Set(names);
    const closest = closestAmong(names);
    return placesIn(configuration, section).flatMap(({ path, value }) =>
      namesIn(value, field).flatMap(({ name, at }) =>
        known.has(name)
          ? []
          : [{ path: [...path, field, ...at], message: sentence(to, names, { name, closest }), found: name }],
      ),
    );
  });
}

type Wrong = { readonly name: string; readonly closest: ReturnType<typeof closestAmong> };

function sentence(section: Section, names: readonly string[], { name, closest }: Wrong): string {
  const noun = section.slice(0, -1);
  const expected = `expected the name of ${noun === 'image' ? 'an' : 'a'} ${noun}`;
  const meant = closest(name);
  if (meant !== undefined) return `${expected}, found ${quoted(name)}; did you mean ${quoted(meant)}?`;
  if (names.length === 0) return `${expected} (there is none yet under ${section}), found ${quoted(name)}`;
  const more = names.length > MANY ? `, … ${names.length} in all` : '';
  return `${expected} (one of ${names.slice(0, MANY).join(', ')}${more}), found ${quoted(name)}`;
}

function namesIn(entry: unknown, field: string): { name: string; at: readonly number[] }[] {
  const value = isObject(entry) && Object.hasOwn(entry, field) ? entry[field] : undefined;
  if (typeof value === 'string') return [{ name: value, at: [] }];
  if (!Array.isArray(value)) return [];
  return value.flatMap((name, index) => (typeof name === 'string' ? [{ name, at: [index] }] : []));
}

/** The entries of a section, or the section itself where it has none. */
function placesIn(configuration: unknown, section: string): { path: readonly string[]; value: unknown }[] {
  const entries = entriesOf(configuration, section);
  if (section === 'promotions') return [{ path: [section], value: entries }];
  return Object.entries(entries).map(([entry, value]) => ({ path: [section, entry], value }));
}

function entriesOf(configuration: unknown, section: string): Record<string, unknown> {
  const entries =
    isObject(configuration) && Object.hasOwn(configuration, section) ? configuration[section] : undefined;
  return isObject(entries) ? entries : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
