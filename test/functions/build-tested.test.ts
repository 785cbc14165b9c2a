import test from 'ava';
import { createBuildRecord } from '../../functions/builds/build-record.ts';
import { buildTested } from '../../functions/builds/build-tested.ts';
import { limitBuilder } from '../../shared/adapters/builders/pool/limited.ts';
import { createPool } from '../../shared/adapters/builders/pool/pool.ts';
import { Image } from '../../shared/domain/configuration/images.ts';
import { type Builder, BuildFailure, type BuildOrder } from '../../shared/ports/builder.ts';
import type { ContainerEnd, Containers } from '../../shared/ports/containers.ts';
import { MissingFolder } from '../../shared/ports/forge.ts';

const DIGEST = `sha256:${'a'.repeat(64)}` as const;
const INDEX = `sha256:${'b'.repeat(64)}` as const;
const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const OWN = { registry: 'ghcr.io', repository: 'acme/web', tag: 'c0ffee' };
const BASIC = { basic: [{ command: ['pytest'] }] };
const BOTH = { ...BASIC, integration: [{ command: ['smoke'] }] };

/** All that happens to one image, as words in their order; builders push what they built before or after its check. */
function bench({ ends = {} }: { readonly ends?: Readonly<Record<string, number>> } = {}) {
  const said: string[] = [];
  const indexes: object[] = [];
  const containers = (name: string): Containers => ({
    name,
    async run({ image, command: [word = ''] }): Promise<ContainerEnd> {
      said.push(`${word} of ${image.replace(DIGEST, 'DIGEST').replace(INDEX, 'INDEX')} at ${name}`);
      return { kind: 'exited', code: ends[word] ?? 0 };
    },
  });
  const builder = (name: string, { checksFirst = false, runs = false } = {}): Builder => ({
    name,
    ...(runs && { containers: async () => containers(name) }),
    async build({ image, check, pushed, platform }: BuildOrder) {
      said.push(`built by ${name}${platform === undefined ? '' : ` for ${platform}`}`);
      if (checksFirst) await check?.('ID');
      said.push(`pushed as ${image.tag}`);
      if (!checksFirst) await check?.(`ghcr.io/acme/web@${DIGEST}`);
      await pushed?.(DIGEST);
      return { digest: DIGEST };
    },
  });
  const clock = { now: () => 0 };
  const record = createBuildRecord(clock, () => {});
  const build = (chosen: Builder, image: object, local = async () => containers('here')) =>
    buildTested(
      {
        registry: {
          retag: async (_, __, tag) => void said.push(`retagged as ${tag}`),
          untag: async (_, tag) => void said.push(`untagged ${tag}`),
          head: async () => ({ digest: DIGEST, mediaType: OCI_IMAGE, size: 7 }),
          putManifest: async (image, mediaType, bytes) => {
            said.push(`${mediaType.includes('index') ? 'an index' : mediaType} pushed as ${image.tag}`);
            indexes.push(JSON.parse(Buffer.from(bytes).toString('utf8')));
            return INDEX;
          },
        },
        containers: local,
        clock,
      },
      {
        builder: chosen,
        order: { image: OWN, context: '/', dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0 },
        settings: Image.parse({ repository: 'ghcr.io/acme/web', ...image }),
        checkout: { folder: async path => Promise.reject(new MissingFolder(path)) },
        record,
        progress() {},
        signal: AbortSignal.timeout(10_000),
      },
    );
  return { said, indexes, record, clock, builder, build };
}

test('tests are run on the engine of the very builder of a pool that built the image', async t => {
  const { said, clock, builder, build } = bench();
  const engine = (name: string) => builder(name, { checksFirst: true, runs: true });
  const busy = limitBuilder(engine('engine big'), 1);
  t.not(busy.take(), undefined);
  const pool = createPool('kitchen', [busy, limitBuilder(engine('engine here'))], clock);
  await build(pool.take()?.builder ?? t.fail(), { tests: BOTH });
  t.deepEqual(said, [
    'built by engine here',
    'pytest of ID at engine here',
    'pushed as candidate-c0ffee',
    'smoke of ghcr.io/acme/web@DIGEST at engine here',
    'retagged as c0ffee',
    'untagged candidate-c0ffee',
  ]);
});

test('what a builder cannot run itself is tested on the engine of this machine, once pushed as a candidate', async t => {
  const { said, builder, build } = bench();
  await build(builder('cloud'), {
    tests: BASIC,
    info: [{ description: 'Words', command: 'w' }],
  });
  t.deepEqual(said, [
    'built by cloud',
    'pushed as candidate-c0ffee',
    'pytest of ghcr.io/acme/web@DIGEST at here',
    'retagged as c0ffee',
    'untagged candidate-c0ffee',
    'sh of ghcr.io/acme/web@DIGEST at here',
  ]);
});

test('for several platforms an image is built for each, tested for the first, and published as an index of them', async t => {
  const { said, indexes, builder, build } = bench();
  const engine = builder('engine', { checksFirst: true, runs: true });
  const built = await build(engine, { tests: BOTH, platform: ['linux/amd64', 'linux/arm64/v8'] });
  t.is(built.digest, INDEX);
  t.deepEqual(said, [
    'built by engine for linux/amd64',
    'pytest of ID at engine',
    'pushed as candidate-c0ffee-linux-amd64',
    'built by engine for linux/arm64/v8',
    'pushed as candidate-c0ffee-linux-arm64-v8',
    'an index pushed as candidate-c0ffee',
    'untagged candidate-c0ffee-linux-amd64',
    'untagged candidate-c0ffee-linux-arm64-v8',
    'smoke of ghcr.io/acme/web@INDEX at engine',
    'retagged as c0ffee',
    'untagged candidate-c0ffee',
  ]);
  const child = { mediaType: OCI_IMAGE, digest: DIGEST, size: 7 };
  t.deepEqual(indexes, [
    {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        { ...child, platform: { os: 'linux', architecture: 'amd64' } },
        { ...child, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      ],
    },
  ]);
});

test('a list of one platform is that platform, and no index', async t => {
  const { said, builder, build } = bench();
  await build(builder('a'), { platform: ['linux/arm64'] });
  t.deepEqual(said, ['built by a for linux/arm64', 'pushed as c0ffee']);
});

test('an image that nothing can test is not even built', async t => {
  const { said, builder, build } = bench();
  const nowhere = async () => {
    throw new BuildFailure('no engine');
  };
  const building = build(builder('make'), { tests: { integration: BASIC.basic } }, nowhere);
  await t.throwsAsync(building, { instanceOf: BuildFailure, message: 'no engine' });
  t.deepEqual(said, []);
});

test('without an engine an image is built whose tests are in no folder of its commit, or that only shows itself', async t => {
  const { said, record, builder, build } = bench();
  const nowhere = async () => {
    throw new BuildFailure('no engine');
  };
  const tests = { basic: [{ command: ['pytest'], folders: ['test'] }] };
  await build(builder('make'), { tests, info: [{ description: 'W', command: 'w' }] }, nowhere);
  t.deepEqual(said, [
    'built by make',
    'pushed as candidate-c0ffee',
    'retagged as c0ffee',
    'untagged candidate-c0ffee',
  ]);
  t.is(
    record.steps.find(({ name }) => name === 'note')?.message,
    'What is in it could not be asked: no engine',
  );
});

for (const [which, word] of [
  ['basic', 'pytest'],
  ['integration', 'smoke'],
] as const) {
  test(`an image whose ${which} test fails never gets its name, whatever builds it`, async t => {
    for (const how of [{ checksFirst: true, runs: true }, {}]) {
      const { said, builder, build } = bench({ ends: { [word]: 1 } });
      await t.throwsAsync(build(builder('a', how), { tests: BOTH }), {
        instanceOf: BuildFailure,
      });
      t.deepEqual(
        said.filter(each => each.startsWith('retagged') || each === 'pushed as c0ffee'),
        [],
      );
    }
  });
}
