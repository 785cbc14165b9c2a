import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import test from 'ava';
import { configurationJsonSchema } from '../shared/domain/configuration/json-schema.ts';

/** What a file may import besides its own layer. The first rule whose pattern matches the path applies. */
const LAYERS: readonly (readonly [path: RegExp, mayImport: readonly string[]])[] = [
  [/^shared\/domain\//, ['shared/domain/', 'zod']],
  [/^shared\/ports\//, ['shared/ports/', 'shared/domain/']],
  [/^shared\/records\//, ['shared/records/', 'shared/domain/', 'shared/ports/', 'zod']],
  [/^shared\/adapters\//, ['shared/adapters/', 'shared/domain/', 'shared/ports/', 'node:', 'zod']],
  [
    /^shared\/runtime\//,
    ['shared/runtime/', 'shared/records/', 'shared/domain/', 'shared/ports/', 'node:', 'zod'],
  ],
  // The one place where ports meet their adapters.
  [/^shared\/wiring\//, ['shared/', 'node:']],
  [/^functions\/[^/]+\/index\.ts$/, ['shared/', 'node:']],
  [/^functions\/[^/]+\/page\//, []],
  // Of Node only the arithmetic of paths.
  [/^functions\//, ['shared/domain/', 'shared/ports/', 'shared/records/', 'zod', 'node:path']],
  [/^infra\//, ['infra/', 'functions/', 'shared/', 'node:', 'zod']],
  [/^test\//, ['test/', 'infra/', 'functions/', 'shared/', 'node:', 'zod']],
];

/** The one home of each vendor's package; zod, which layers know, has none. A new dependency is a decision that is recorded here. */
const HOMES: Readonly<Record<string, RegExp>> = {
  '@aws-sdk/client-ecs': /^shared\/adapters\/targets\/ecs\//,
  '@balena/dockerignore': /^shared\/adapters\/builders\//,
  '@google-cloud/firestore': /^shared\/adapters\/documents\//,
  '@google-cloud/functions-framework': /^functions\/[^/]+\/index\.ts$/,
  '@google-cloud/pubsub': /^shared\/adapters\/hints\//,
  '@grpc/grpc-js': /^shared\/adapters\/builders\/docker\/buildkit\//,
  '@kubernetes/client-node': /^shared\/adapters\/kubernetes\//,
  croner: /^shared\/adapters\/windows\//,
  'dockerfile-ast': /^shared\/adapters\/builders\//,
  dockerode: /^shared\/adapters\/(?:docker|(?:builders|containers)\/docker|targets\/(?:docker|swarm))\//,
  'google-auth-library': /^shared\/adapters\/google\//,
  'lit-html': /^functions\/api\/page\//,
  'node-fetch': /^shared\/adapters\/http\/http\.ts$/,
  protobufjs: /^shared\/adapters\/builders\/docker\/buildkit\//,
  'tar-stream': /^shared\/adapters\/(?:builders|containers\/docker|forge)\//,
  yaml: /^shared\/(?:runtime\/configuration|adapters\/targets\/git)\//,
};

/** The same for what only the development of headway needs. */
const TOOLS: Readonly<Record<string, RegExp>> = {
  esbuild: /^infra\/bundle\//,
  fflate: /^infra\/bundle\//,
};

const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bprocess\.|\bMath\.random\b|\bcrypto\.|\bfetch\(|\bconsole\.|\bawait\b|\bset(?:Timeout|Interval)\b|\bperformance\./;
const GRAB_BAG = /(?:^|[/-])(?:utils?|helpers?|common|core|manager|misc)(?:[/.-]|$)/;
const KEBAB_CASE = /^(?:[a-z0-9]+(?:[-.][a-z0-9]+)*\/?)+$/;
const LONGEST = { test: 300, source: 200 };

type File = {
  readonly path: string;
  readonly lines: number;
  readonly code: string;
  readonly imports: string[];
};
const FILES = ['functions', 'shared', 'infra', 'test'].flatMap(filesUnder);
const SOURCES = FILES.filter(({ path }) => !path.startsWith('test/'));

/** `broken` names what is wrong with a file; nothing is right. */
const holds = test.macro((t, files: readonly File[], broken: (file: File) => readonly string[]) => {
  t.deepEqual(
    files.flatMap(file => broken(file).map(wrong => `${file.path}: ${wrong}`)),
    [],
  );
});

test('files import only from the layers below them', holds, FILES, ({ path, imports }) => {
  const [, allowed = []] = LAYERS.find(([pattern]) => pattern.test(path)) ?? [];
  const own = /^functions\/[^/]+\/(?:page\/)?/.exec(path)?.[0] ?? path;
  return imports.filter(
    name => !isVendor(name) && ![own, ...allowed].some(prefix => name.startsWith(prefix)),
  );
});

test('vendor packages stay in their one home', holds, SOURCES, ({ path, imports }) =>
  imports.filter(name => isVendor(name) && { ...HOMES, ...TOOLS }[packageOf(name)]?.test(path) !== true),
);

test('shared/domain has no clock, no chance, no input and no output', holds, FILES, ({ path, code }) =>
  path.startsWith('shared/domain/') ? (IMPURE.exec(code) ?? []) : [],
);

test('files are short', holds, FILES, ({ path, lines }) =>
  lines > LONGEST[path.startsWith('test/') ? 'test' : 'source'] ? [`${lines} lines`] : [],
);

test('names are in kebab case', holds, FILES, ({ path }) =>
  KEBAB_CASE.test(path) ? [] : ['not kebab-case'],
);

test(
  'files are named for what they export, not for a role',
  holds,
  SOURCES,
  ({ path }) => GRAB_BAG.exec(path) ?? [],
);

test('exports have names', holds, FILES, ({ code }) => /^export default\b.*/m.exec(code) ?? []);

test('every function is served by the one-machine host', t => {
  const served = FILES.filter(({ path }) => path.startsWith('infra/local/')).flatMap(
    ({ imports }) => imports,
  );
  const isServed = (name: string) => served.some(path => path.startsWith(`functions/${name}/`));
  t.deepEqual(
    readdirSync('functions', { withFileTypes: true })
      .filter(entry => entry.isDirectory() && !isServed(entry.name))
      .map(({ name }) => name),
    [],
  );
});

test('every dependency has a home', t => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  t.deepEqual(Object.keys(dependencies).filter(isVendor), Object.keys(HOMES));
});

for (const kind of choicesAt('targets', 'kind')) {
  test(`target ${kind} has an adapter and a test`, t => t.deepEqual(missing('target', kind), []));
}
for (const kind of choicesAt('builders', 'kind')) {
  test(`builder ${kind} has an adapter and a test`, t => t.deepEqual(missing('builder', kind), []));
}
/** Those that are answered by what is on record, and by people. */
const ASKS_NOBODY = ['age', 'healthy-for', 'approval'];
for (const kind of choicesAt('gates', 'kind').filter(kind => !ASKS_NOBODY.includes(kind))) {
  test(`gate ${kind} has an adapter and a test`, t => {
    const folder = `shared/adapters/gates/${kind}/`;
    const tests = FILES.filter(({ path }) => path.startsWith('test/'));
    t.true(tests.some(({ imports }) => imports.some(name => name.startsWith(folder))));
  });
}

function missing(port: 'target' | 'builder', kind: string): string[] {
  const tests = [`test/adapters/${kind}-${port}.test.ts`, `test/e2e/${kind}-${port}.test.ts`];
  const folder = `shared/adapters/${port}s/${kind}`;
  return [
    ...(existsSync(folder) ? [] : [folder]),
    ...(tests.some(path => existsSync(path)) ? [] : [tests.join(' or ')]),
  ];
}

/** The choices that the configuration has for a key of a section's entries. */
function choicesAt(section: string, key: string): string[] {
  const entry = configurationJsonSchema().properties?.[section]?.additionalProperties;
  if (typeof entry !== 'object') return [];
  const values = (entry.oneOf ?? [entry]).map(({ properties }) => properties?.[key]);
  return values.flatMap(value => value?.enum ?? [value?.const]).map(String);
}

function filesUnder(folder: string): File[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /(?:^|\/)[^./][^/]*\.[jt]s$/.test(name) && !name.includes('fixtures/'))
    .map(name => {
      const path = join(folder, name);
      const text = readFileSync(path, 'utf8');
      const code = text.replaceAll(/^\s*(?:\/\*|\*|\/\/).*$/gm, '');
      return { path, lines: text.trimEnd().split('\n').length, code, imports: importsOf(path, code) };
    });
}

/** A pattern is enough while there is one style of imports, which the formatter sees to. */
function importsOf(path: string, code: string): string[] {
  const found = code.matchAll(
    /^(?:import|export)\b[^;']*\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...found]
    .map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '')
    .map(name => (name.startsWith('.') ? join(dirname(path), name) : name));
}

function isVendor(name: string): boolean {
  return !/^(?:zod$|node:|(?:functions|shared|infra|test|node_modules)\/|package\.json$)/.test(name);
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}
