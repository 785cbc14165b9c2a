import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Zippable, zipSync } from 'fflate';

export type Bundled = {
  readonly name: string;
  /** The size of the zip file. */
  readonly bytes: number;
  /** The vendor packages that are in it, in the order of their names. */
  readonly packages: readonly string[];
  readonly zip: string;
};

/** These come from the registry when the function is deployed: the framework must be the one that loads us. */
const INSTALLED = ['@google-cloud/functions-framework', 'lit-html'] as const;
/** Some packages ask for what only CommonJS has. */
const COMMONJS = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { dirname as __pathDirname } from 'node:path';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  'const __dirname = __pathDirname(__filename);',
].join(' ');
/** The same content gives the same bytes: zip files begin their time in 1980. */
const EPOCH = new Date('1980-01-01T00:00:00Z');

/**
 * Makes one folder, and one zip file of it, for one function: a single JavaScript file without types, which is what
 * Google's buildpack checks, beside what the function reads at run time. Vendor packages that it does not import
 * are not in it. Names are kept: the client libraries look at class names
 * (https://esbuild.github.io/api/#minify).
 */
export async function bundleFunction(name: string, folder: string): Promise<Bundled> {
  const into = join(folder, name);
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  const source = fileURLToPath(new URL(`../../functions/${name}/`, import.meta.url));
  const { metafile } = await build({
    entryPoints: [join(source, 'index.ts')],
    outfile: join(into, 'index.js'),
    bundle: true,
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Native parts of packages are optional, and would not fit the machine that the function runs on.
    external: [...INSTALLED, '*.node'],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    banner: { js: COMMONJS },
    logLevel: 'error',
  });
  if (existsSync(join(source, 'page'))) cpSync(join(source, 'page'), join(into, 'page'), { recursive: true });
  writeFileSync(join(into, 'package.json'), `${JSON.stringify(manifest(name), null, 2)}\n`);
  const zip = join(folder, `${name}.zip`);
  writeFileSync(zip, zipSync(contents(into), { mtime: EPOCH, level: 9 }));
  const packages = [...new Set(Object.keys(metafile.inputs).flatMap(input => packageOf(input) ?? []))].sort();
  return { name, bytes: statSync(zip).size, packages, zip };
}

/** `node_modules/@google-cloud/pubsub/build/src/index.js` is of `@google-cloud/pubsub`. */
function packageOf(input: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
}

function manifest(name: string) {
  const own: { version: string; dependencies: Record<string, string> } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const wanted = INSTALLED.filter(dependency => dependency !== 'lit-html' || name === 'api');
  return {
    name: `headway-${name}`,
    version: own.version,
    private: true,
    type: 'module',
    main: 'index.js',
    engines: { node: '>=24' },
    dependencies: Object.fromEntries(wanted.map(dependency => [dependency, own.dependencies[dependency]])),
  };
}

function contents(folder: string): Zippable {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  const entries = files
    .filter(file => statSync(join(folder, file)).isFile())
    .map(file => [file, new Uint8Array(readFileSync(join(folder, file)))] as const);
  return Object.fromEntries(entries);
}
