import test from 'ava';
import fc from 'fast-check';
import { closestName } from '../../shared/domain/configuration/closest-name.ts';
import {
  configurationJsonSchema,
  keysAt,
  vocabulary,
} from '../../shared/domain/configuration/json-schema.ts';
import { quoted } from '../../shared/domain/configuration/mistake.ts';
import { wrongReferences } from '../../shared/domain/configuration/references.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { milliseconds } from '../../shared/domain/durations.ts';

const means = test.macro({
  exec(t, name: string, candidates: readonly string[], expected: string | undefined) {
    t.is(closestName(name, candidates), expected);
  },
  title: (name = '') => `closestName() ${name}`,
});

test('finds a letter left out', means, 'repositry', ['repo', 'repository'], 'repository');
test('finds two letters swapped', means, 'ulr', ['url', 'branch'], 'url');
test('finds another case', means, 'ParentArg', ['parent', 'parentArg'], 'parentArg');
test('finds other separators', means, 'on-rewrite', ['onRewrite'], 'onRewrite');
test('prefers the closer one', means, 'webs', ['wear', 'web'], 'web');
test('finds nothing in another word', means, 'colour', ['context', 'builder'], undefined);
test('finds nothing for a short name', means, 'ab', ['cd'], undefined);
test('finds nothing among nothing', means, 'web', [], undefined);

test('quoted() keeps a long or wild text to one short line', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
      const line = quoted(text);
      return line.length <= 700 && !/\p{C}/u.test(line);
    }),
  );
  t.is(quoted('a\n"b"'), '"a\\n\\"b\\""');
  t.is(quoted('\u202e'), '"\\u{202e}"');
});

test('an empty configuration is one, with every default', t => {
  const { repos, builds, keep } = ConfigurationShape.parse({});
  t.deepEqual(Object.keys(repos), []);
  t.deepEqual(builds, { concurrency: 2, timeout: '30m' });
  t.deepEqual(keep, { deliveries: '30d', results: '400d' });
});

test('a name that every object has leads to no entry', t => {
  for (const configuration of [ConfigurationShape.parse({}), ConfigurationShape.parse({ hooks: {} })]) {
    t.is(configuration.hooks['constructor'], undefined);
    t.is(configuration.images['toString'], undefined);
  }
});

test('wrongReferences() finds nothing wrong in a name that is there', t => {
  const configuration = ConfigurationShape.parse({
    repos: { app: { url: 'x' } },
    images: { web: { repository: 'acme/web', repo: 'app' } },
    tags: { prod: { images: ['web'] } },
    targets: { local: { kind: 'docker' } },
    services: { web: { target: 'local', image: 'web', tag: 'prod' } },
    hooks: { push: { kind: 'gitea', secret: 'env://S', repo: 'app' } },
  });
  t.deepEqual(wrongReferences(configuration), []);
});

test('a duration is never longer than a date can be far away', t => {
  const duration = fc.tuple(fc.nat(999_999_999), fc.constantFrom('ms', 's', 'm', 'h', 'd'));
  fc.assert(
    fc.property(duration, ([count, unit]) => {
      const text = `${count}${unit}`;
      const isTaken = ConfigurationShape.safeParse({ keep: { deliveries: text } }).success;
      return !isTaken || !Number.isNaN(new Date(Date.UTC(2100, 0) + milliseconds(text)).getTime());
    }),
  );
  t.pass();
});

test('keysAt() knows the keys of the kind that is there, and of all kinds where there is none', t => {
  const schema = configurationJsonSchema();
  const data = { targets: { a: { kind: 'docker' }, b: {} } };
  t.deepEqual(keysAt(['targets', 'a'], { schema, data }), ['kind', 'discover', 'host', 'optional', 'proxy']);
  t.true(keysAt(['targets', 'b'], { schema, data }).includes('files'));
  t.deepEqual(keysAt(['nowhere'], { schema, data }), []);
});

test('every key of the schema says what it is for', t => {
  const silent = (schema: ReturnType<typeof configurationJsonSchema>, path: string): string[] => [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, value]) => [
      ...(value['description'] === undefined && value.const === undefined ? [`${path}${key}`] : []),
      ...silent(value, `${path}${key}.`),
    ]),
    ...[schema.additionalProperties, schema.items, ...(schema.oneOf ?? [])].flatMap(inner =>
      typeof inner === 'object' ? silent(inner, `${path}*.`) : [],
    ),
  ];
  t.deepEqual(silent(configurationJsonSchema(), ''), []);
});

test('vocabulary() holds keys, kinds and choices', t => {
  const words = vocabulary(configurationJsonSchema());
  for (const word of ['repos', 'onRewrite', 'docker', 'follow']) t.true(words.has(word), word);
});
