import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { pack } from 'tar-stream';
import { digestOf } from '../../shared/adapters/registry/content-digest.ts';
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../shared/domain/names/manifest-types.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { collect } from '../helpers/collect.ts';
import { layersBench } from '../helpers/layers-bench.ts';
import { blobOf, contentOf } from '../helpers/small-image.ts';

type Bench = ReturnType<typeof layersBench>;
type Entry = Parameters<ReturnType<typeof pack>['entry']>[0] & { readonly text?: string };

const FIXTURES = new URL('../fixtures/dockerfiles/', import.meta.url);

test('the layers builder lists everything that it refuses, each by its line', async t => {
  const { build, uploads } = layersBench(t);
  const archive = await tarOf([{ name: 'in-archive', text: 'x' }]);
  const error = await t.throwsAsync(
    build('x', {
      Dockerfile: await readFile(new URL('refused.Dockerfile', FIXTURES)),
      a: 'a',
      'archive.tar': archive,
      link: { link: '/etc/passwd' },
    }),
    { instanceOf: BuildFailure },
  );
  t.is(`${error.message}\n`, await readFile(new URL('refused.txt', FIXTURES), 'utf8'));
  t.deepEqual(uploads, []);
});

test('the layers builder mounts the layers of a base and uploads only its own', async t => {
  const bench = layersBench(t);
  await bench.build('base', { Dockerfile: 'FROM scratch\nCOPY a /srv/\n', a: 'a' });
  bench.uploads.length = 0;
  await bench.build('child', { Dockerfile: 'FROM registry.example/base:1\nLABEL a=b\n' });
  t.is(bench.uploads.length, 1, 'the configuration');
  t.deepEqual(bench.reads, [], 'nothing is read for a label');
  await bench.build('child', { Dockerfile: 'FROM registry.example/base:1\nCOPY b /srv/\n', b: 'b' });
  await bench.build('child', { Dockerfile: 'FROM registry.example/base:1\nCOPY b /srv\n', b: 'c' });
  t.is(bench.reads.length, 1, 'the list of files is kept');
  t.deepEqual(
    (await bench.contents('child')).layers.map(layer => layer.map(({ path }) => path)),
    [
      ['srv', 'srv/a'],
      ['srv', 'srv/b'],
    ],
  );
});

test('the layers builder leaves links, owners and modes of the folders of a base as they are', async t => {
  const bench = layersBench(t);
  await pushBase(bench, {
    layers: [
      [
        { name: 'usr/bin/', type: 'directory' },
        { name: 'bin', type: 'symlink', linkname: 'usr/bin' },
        { name: 'tmp/', type: 'directory', mode: 0o1777 },
        { name: 'home/me/', type: 'directory', mode: 0o700, pax: { uid: '3000000', gid: '3000000' } },
        { name: 'gone/x', type: 'file', text: '' },
        { name: 'kept/old', type: 'file', text: '' },
        { name: 'emptied/old', type: 'file', text: '' },
      ],
      [{ name: '.wh.gone' }, { name: 'emptied/.wh..wh..opq' }, { name: 'kept/not.wh.old' }],
    ],
  });
  await bench.build('child', {
    Dockerfile:
      'FROM registry.example/base:1\nCOPY a /bin/\nCOPY a /tmp/\nWORKDIR /home/me\nCOPY a .\nCOPY a /gone\nCOPY a /kept\nCOPY a /emptied/old\n',
    a: 'a',
  });
  const { layers } = await bench.contents('child');
  const own = layers.slice(2).map(layer => layer.map(({ path, mode, owner }) => `${path} ${mode} ${owner}`));
  t.deepEqual(own, [
    ['usr 755 0:0', 'usr/bin 755 0:0', 'usr/bin/a 644 0:0'],
    ['tmp 1777 0:0', 'tmp/a 644 0:0'],
    ['home 755 0:0', 'home/me 700 3000000:3000000', 'home/me/a 644 0:0'],
    ['gone 644 0:0'],
    ['kept 755 0:0', 'kept/a 644 0:0'],
    ['emptied 755 0:0', 'emptied/old 644 0:0'],
  ]);
});

test('the layers builder copies files, folders and hard links out of another image', async t => {
  const bench = layersBench(t);
  await pushBase(bench, {
    layers: [
      [
        { name: 'opt/tool', type: 'file', mode: 0o4755, uid: 5, text: 'old' },
        { name: 'opt/same', type: 'link', linkname: 'opt/tool' },
        { name: 'opt/now', type: 'symlink', linkname: 'tool' },
      ],
      [{ name: 'opt/tool', type: 'file', mode: 0o755, text: 'new' }],
    ],
  });
  await bench.build('child', {
    Dockerfile:
      'FROM scratch\nCOPY --from=registry.example/base:1 /opt /all/\nCOPY --from=registry.example/base:1 /opt/now /one\n',
  });
  const entries = (await bench.contents('child')).layers.flat();
  t.deepEqual(
    entries.map(({ path, type, mode, owner, content }) => [path, type, mode, owner, content]),
    [
      ['all', 'directory', '755', '0:0', ''],
      ['all/now', 'symlink', '777', '0:0', 'tool'],
      ['all/same', 'file', '4755', '0:0', 'old'],
      ['all/tool', 'file', '755', '0:0', 'new'],
      ['one', 'file', '755', '0:0', 'new'],
    ],
  );
});

test('the layers builder writes Docker media types on a Docker base, and keeps its history and unknown settings', async t => {
  const bench = layersBench(t);
  await pushBase(bench, {
    mediaType: DOCKER_MANIFEST,
    layers: [[{ name: 'a', type: 'file', text: '' }]],
    configuration: {
      history: [{ created_by: 'first' }],
      config: { Hostname: 'h', Cmd: ['old'], Env: ['A=1', 'B=2'] },
    },
  });
  await bench.build('child', {
    Dockerfile: 'FROM registry.example/base:1\nENV B=$A$B A=3\nENTRYPOINT ["/run"]\nWORKDIR x\nWORKDIR y\n',
  });
  const { mediaType, manifest, config } = await bench.contents('child');
  const types = [mediaType, manifest.config.mediaType, ...manifest.layers.map(layer => layer.mediaType)];
  t.true(
    types.every(type => type.startsWith('application/vnd.docker.')),
    types.join(),
  );
  t.like(config.config, { Hostname: 'h', Env: ['A=3', 'B=12'], Entrypoint: ['/run'], WorkingDir: '/x/y' });
  t.is(config.config['Cmd'], undefined, 'ENTRYPOINT forgets the CMD of the base');
  t.deepEqual(
    config.history.map(({ created_by, empty_layer }) => [created_by, empty_layer]),
    [
      ['first', undefined],
      ['ENV B=$A$B A=3', true],
      ['ENTRYPOINT ["/run"]', true],
      ['WORKDIR x', undefined],
      ['WORKDIR y', undefined],
    ],
  );
});

test('the layers builder takes the image for the platform out of an index', async t => {
  const bench = layersBench(t);
  const children = [];
  for (const architecture of ['amd64', 'arm64']) {
    const { digest, size } = await pushBase(bench, { layers: [], configuration: { architecture } });
    children.push({ mediaType: OCI_MANIFEST, digest, size, platform: { os: 'linux', architecture } });
  }
  const attestation = { ...children[0], platform: { os: 'unknown', architecture: 'unknown' } };
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [attestation, ...children] };
  await bench.store.putManifest(bench.nameOf('base'), OCI_INDEX, Buffer.from(JSON.stringify(index)));
  const Dockerfile = 'FROM registry.example/base:1\nARG TARGETARCH\nENV ARCH=$TARGETARCH\n';
  for (const [platform, architecture] of [
    ['linux/arm64', 'arm64'],
    [undefined, 'amd64'],
  ] as const) {
    await bench.build('child', { Dockerfile }, { ...(platform && { platform }) });
    const { config } = await bench.contents('child');
    t.is(config.architecture, architecture);
    t.deepEqual(config.config['Env'], [`ARCH=${architecture}`]);
  }
  await t.throwsAsync(bench.build('child', { Dockerfile }, { platform: 'linux/s390x' }), {
    instanceOf: BuildFailure,
    message:
      /line 1: image "registry\.example\/base:1" is not there for linux\/s390x, only for linux\/amd64, linux\/arm64/,
  });
});

const refusesBase = test.macro({
  async exec(t, from: string, message: RegExp) {
    const bench = layersBench(t);
    await pushBase(bench, { layers: [], configuration: { config: { OnBuild: ['RUN x'] } } });
    const files = { Dockerfile: `ARG EMPTY\nFROM ${from}\nCOPY x /\n` };
    await t.throwsAsync(bench.build('child', files), { instanceOf: BuildFailure, message });
  },
  title: (name = '') => `the layers builder refuses a base ${name}`,
});

test(
  'that is not there',
  refusesBase,
  'registry.example/nope',
  /^Dockerfile line 2: image "registry\.example\/nope:latest" is not in its registry[^\n]*$/,
);
test('that is no name', refusesBase, 'UPPER', /line 2: "UPPER" is neither an image nor an earlier stage/);
test('without a name', refusesBase, '$EMPTY', /line 2: FROM \$EMPTY is empty/);
test('that wants instructions run', refusesBase, 'registry.example/base:1', /line 2: .*ONBUILD/);

test('the layers builder reads no file outside of the context', async t => {
  const { build } = layersBench(t);
  const files = { 'x/y': '', Dockerfile: 'FROM scratch\n' };
  for (const dockerfile of ['../Dockerfile', '/etc/passwd', 'link']) {
    await t.throwsAsync(build('x', { ...files, link: { link: '/etc/passwd' } }, { dockerfile }), {
      instanceOf: BuildFailure,
      message: /is not a file in the build context/,
    });
  }
});

test("the layers builder prefers a Dockerfile's own ignore file", async t => {
  const { build, contents } = layersBench(t);
  const files = { 'web.Dockerfile': 'FROM scratch\nCOPY . /\n', a: 'a', b: 'b', '.dockerignore': 'a\n' };
  await build(
    'x',
    { ...files, 'web.Dockerfile.dockerignore': 'b\n*ocker*\n' },
    { dockerfile: 'web.Dockerfile' },
  );
  t.deepEqual(
    (await contents('x')).layers.flat().map(({ path }) => path),
    ['a'],
  );
});

test('the layers builder stops in the middle of a layer', async t => {
  const bench = layersBench(t);
  await pushBase(bench, { layers: [[{ name: 'a', type: 'file', text: 'a' }]] });
  const stop = new AbortController();
  bench.store.content = async function* endless() {
    for (;;) {
      stop.abort(new Error('enough'));
      yield new Uint8Array(1024);
      await new Promise(setImmediate);
    }
  };
  await t.throwsAsync(
    bench.build(
      'child',
      { Dockerfile: 'FROM registry.example/base:1\nWORKDIR /x\n' },
      { signal: stop.signal },
    ),
    { message: 'enough' },
  );
});

async function pushBase(
  { store, nameOf }: Bench,
  image: {
    readonly layers: readonly (readonly Entry[])[];
    readonly mediaType?: string;
    readonly configuration?: Readonly<Record<string, unknown>>;
  },
) {
  const { mediaType = OCI_MANIFEST, configuration } = image;
  const docker = mediaType === DOCKER_MANIFEST;
  const archives = await Promise.all(image.layers.map(tarOf));
  const layerType = docker
    ? 'application/vnd.docker.image.rootfs.diff.tar.gzip'
    : 'application/vnd.oci.image.layer.v1.tar+gzip';
  const configType = docker
    ? 'application/vnd.docker.container.image.v1+json'
    : 'application/vnd.oci.image.config.v1+json';
  const layers = archives.map(archive => blobOf(gzipSync(archive), layerType));
  const rootfs = { type: 'layers', diff_ids: archives.map(digestOf) };
  const config = blobOf(
    Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs, ...configuration })),
    configType,
  );
  for (const blob of [config, ...layers])
    await store.ensureBlob(nameOf('base'), blob, { content: contentOf(blob) });
  const shown = ({ mediaType: type, digest, size }: typeof config) => ({ mediaType: type, digest, size });
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType, config: shown(config), layers: layers.map(shown) }),
  );
  return { digest: await store.putManifest(nameOf('base'), mediaType, bytes), size: bytes.length };
}

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { text = '', ...header } of entries) archive.entry({ mtime: new Date(0), ...header }, text);
  archive.finalize();
  return Buffer.concat(await collect(archive as AsyncIterable<Uint8Array>));
}
