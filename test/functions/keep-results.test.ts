import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type BuildResults, keepResults } from '../../functions/builds/keep-results.ts';
import { readLayers } from '../../functions/builds/read-layers.ts';
import { createArtifactFolder } from '../../shared/adapters/artifacts/folder.ts';
import { digestOf } from '../../shared/adapters/registry/content-digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../shared/domain/names/manifest-types.ts';
import type { ImageStore } from '../../shared/ports/image-store.ts';
import { createMemoryImageStore } from '../helpers/memory-image-store.ts';

const commit = 'a1'.repeat(20);
const name = { registry: 'ghcr.io', repository: 'acme/web', tag: '2026.3-main' };
const redact = (text: string) => text.replaceAll('hunter2', '***');

async function openFolder(t: ExecutionContext) {
  const root = await mkdtemp(join(tmpdir(), 'headway-results-'));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  const artifacts = createArtifactFolder({ root });
  const read = async (path: string) =>
    new TextDecoder().decode(await artifacts.get(`builds/web/${commit}/${path}`));
  return { artifacts, read };
}

const WHOLE: BuildResults = {
  build: { image: 'web', commit },
  name,
  parent: { ...name, repository: 'acme/base' },
  changed: true,
  built: { success: true, log: 'Step 1/1 : FROM scratch\nlogin with hunter2\n' },
  pushed: { success: true, log: 'pushed' },
  tests: {
    basic: { passed: true, log: 'basic ok\n' },
    integration: { passed: true, log: 'integration ok\n' },
  },
  steps: [{ name: 'build', at: '2030-01-01T00:00:00.000Z', seconds: 2.04 }],
  info: [{ description: 'Packages', command: 'pip list', output: 'numpy 1.26.4\n' }],
  layers: { entries: [{ command: 'FROM', size: 1, tags: ['x'] }], sizes: 'compressed' },
};

test("a whole build leaves its files in DataHub's names, and no secret in them", async t => {
  const { artifacts, read } = await openFolder(t);
  const kept = await keepResults({ artifacts, redact }, WHOLE);
  t.deepEqual(kept.problems, []);
  t.deepEqual(
    await artifacts.list(`builds/web/${commit}`),
    [
      'artifacts/GIT_HASH',
      'artifacts/GIT_HASH_SHORT',
      'artifacts/IMAGES_BUILT',
      'artifacts/IMAGES_CHANGED',
      'artifacts/IMAGES_TEST_ERROR',
      'artifacts/IMAGES_TEST_PASSED',
      'artifacts/ghcr.io-acme-web-2026.3-main.yaml',
      'artifacts/image-dependency.json',
      'logs/ghcr.io-acme-web-2026.3-main.basic-tests.log',
      'logs/ghcr.io-acme-web-2026.3-main.build.log',
      'logs/ghcr.io-acme-web-2026.3-main.integration-tests.log',
      'logs/run.log',
      'manifests/ghcr-io-acme-web-2026.3-main.md',
      'manifests/ghcr-io-acme-web-2026.3-main.packages.json',
    ].map(path => `builds/web/${commit}/${path}`),
  );
  t.is(await read('logs/ghcr.io-acme-web-2026.3-main.basic-tests.log'), 'basic ok\n');
  t.is(await read('logs/ghcr.io-acme-web-2026.3-main.integration-tests.log'), 'integration ok\n');
  t.is(await read('logs/run.log'), 'INFO:build took 2.0 s\n');
  t.regex(await read('logs/ghcr.io-acme-web-2026.3-main.build.log'), /login with \*\*\*/);
  t.is(await read('artifacts/IMAGES_TEST_PASSED'), 'ghcr.io/acme/web:2026.3-main\n');
  t.regex(await read('artifacts/ghcr.io-acme-web-2026.3-main.yaml'), /^success: true\nmessage: ""\n/);
  t.deepEqual(JSON.parse(await read('manifests/ghcr-io-acme-web-2026.3-main.packages.json')), {
    packages: [{ manager: 'pip', name: 'numpy', version: '1.26.4' }],
  });
});

test('an image that was not built leaves its result alone; one that fails, what it came to', async t => {
  const { artifacts, read } = await openFolder(t);
  const { build } = WHOLE;
  const none = await keepResults({ artifacts, redact }, { build, name, changed: false });
  t.deepEqual(
    none.paths.filter(path => !path.includes('/artifacts/')),
    [],
  );
  t.regex(
    await read('artifacts/ghcr.io-acme-web-2026.3-main.yaml'),
    /image_built: false\ntest_results: \{\}\n/,
  );
  const message = 'Cannot build "web": the tests failed';
  const tests = { basic: { passed: false, log: 'no\n' } };
  await keepResults(
    { artifacts, redact },
    { build, name, changed: true, message, built: { success: true, log: '' }, tests },
  );
  t.regex(
    await read('artifacts/ghcr.io-acme-web-2026.3-main.yaml'),
    /^success: false\n(?:.*\n)* {2}basic_tests: "Failed basic tests"/,
  );
  t.is(await read('artifacts/IMAGES_TEST_ERROR'), 'ghcr.io/acme/web:2026.3-main\n');
});

test('what cannot be kept is said in a sentence, and the rest is kept', async t => {
  const { artifacts } = await openFolder(t);
  const full: typeof artifacts = {
    ...artifacts,
    put: (path, content) =>
      path.includes('/logs/')
        ? Promise.reject(new Error('no space left for hunter2'))
        : artifacts.put(path, content),
  };
  const kept = await keepResults({ artifacts: full, redact }, WHOLE);
  t.is(kept.problems.length, 4);
  t.is(
    kept.problems[1],
    `Cannot keep builds/web/${commit}/logs/ghcr.io-acme-web-2026.3-main.build.log: no space left for ***`,
  );
  t.is(kept.paths.length, 10);
});

type Step = readonly [command: string, layer?: string];
async function pushImage(store: ImageStore, repository: string, steps: readonly Step[]) {
  const at = { registry: 'lab', repository };
  const put = async (text: string) => {
    const bytes = Buffer.from(text);
    const blob = { mediaType: 'application/octet-stream', digest: digestOf(bytes), size: bytes.length };
    await store.ensureBlob(at, blob, {
      content: async function* () {
        yield bytes;
      },
    });
    return blob;
  };
  const layers = await Promise.all(steps.flatMap(([, layer]) => (layer === undefined ? [] : [put(layer)])));
  const history = steps.map(([created_by, layer]) => ({ created_by, empty_layer: layer === undefined }));
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const config = await put(JSON.stringify({ history, rootfs }));
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers }));
  return { ...at, tag: 'main', digest: await store.putManifest(at, OCI_MANIFEST, manifest) };
}

test('layers are read from the registry: the history with compressed sizes, and where each ancestor ends', async t => {
  const { store } = createMemoryImageStore();
  const below: Step[] = [['ADD', 'a'.repeat(200)], ['CMD']];
  const base = await pushImage(store, 'base', below);
  const web = await pushImage(store, 'web', [...below, ['RUN', 'b'.repeat(10)]]);
  const layers = await readLayers(store, web, [base, { ...base, digest: `sha256:${'0'.repeat(64)}` }]);
  t.deepEqual(layers, {
    sizes: 'compressed',
    entries: [
      { command: 'ADD', size: 200, tags: [] },
      { command: 'CMD', size: 0, tags: ['lab/base:main'] },
      { command: 'RUN', size: 10, tags: ['lab/web:main'] },
    ],
  });
  const index = Buffer.from(
    JSON.stringify({
      manifests: [
        { digest: `sha256:${'0'.repeat(64)}`, platform: { os: 'unknown' } },
        { digest: web.digest, platform: { os: 'linux' } },
      ],
    }),
  );
  const digest = await store.putManifest({ registry: 'lab', repository: 'web' }, OCI_INDEX, index);
  t.deepEqual((await readLayers(store, { ...web, digest }, [base])).entries, layers.entries);
  await t.throwsAsync(readLayers(store, { ...web, digest: `sha256:${'1'.repeat(64)}` }), {
    message: 'Cannot read the layers of lab/web:main: the registry does not have it',
  });
});
