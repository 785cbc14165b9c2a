import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { createHerokuTarget } from '../../shared/adapters/targets/heroku/heroku-target.ts';
import { imageReleases } from '../../shared/adapters/targets/heroku/releases.ts';
import { DOCKER_MANIFEST } from '../../shared/domain/names/manifest-types.ts';
import { targetContract } from '../contracts/target.ts';
import { service } from '../helpers/git-repository-orders.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';
import { indexOf, push, type SmallImage, smallImage } from '../helpers/small-image.ts';
import { serveHeroku } from '../helpers/target-servers/heroku-server.ts';
import { type Trouble, troubles } from '../helpers/target-servers/troubles.ts';

const [ONE, TWO, BAD] = ['one', 'two', 'bad'].map(word => smallImage(word)) as [
  SmallImage,
  SmallImage,
  SmallImage,
];
const configured = { ...service('web'), workload: 'shop/web' };
const idOf = ({ blobs }: SmallImage) => blobs[0].digest;

/** An app of Heroku and its registry, and another registry with three images of OCI's form. */
async function place(t: ExecutionContext) {
  const images = createRegistryClient({ credentials: async () => undefined });
  const [registry, source] = [await serveRegistry(t), await serveRegistry(t)];
  const image = { registry: source, repository: 'acme/web' };
  for (const one of [ONE, TWO, BAD]) await push(images, image, one);
  const server = await serveHeroku(t, { images, registry, isBad: id => id === idOf(BAD) });
  const open = (more: { endpoint?: string; token?: string; deadline?: number } = {}) =>
    createHerokuTarget({ token: 'good-token', registry, images, endpoint: server.origin, ...more });
  const target = open();
  const signal = AbortSignal.timeout(30_000);
  return {
    server,
    images,
    image,
    registry,
    open,
    target,
    deploy: (digest: string) =>
      target.deploy({ name: 'web', service: configured, image: { ...image, digest } }, signal),
    observe: (digest?: string) => target.observe('web', configured, { ...image, ...(digest && { digest }) }),
  };
}

targetContract(test, 'createHerokuTarget()', async t => {
  const { server, target, open, image } = await place(t);
  return {
    target,
    name: 'web',
    service: configured,
    image,
    before: 'absent',
    digests: { v1: ONE.digest, v2: TWO.digest, bad: BAD.digest },
    there: async () => [ONE, TWO, BAD].find(one => idOf(one) === server.running())?.digest,
    trace: async () => server.releases.length,
    takeOver: async () => server.add('Rollback to v2', { status: 'succeeded' }),
    patience: 5_000,
    listed: true,
    unreachable: open({ endpoint: 'http://127.0.0.1:1' }),
    close: async () => {},
  };
});

test("createHerokuTarget() copies what Heroku takes: Docker's manifest, of the image for linux/amd64", async t => {
  const { server, images, image, registry, deploy, observe } = await place(t);
  const index = indexOf([ONE, TWO]);
  await images.putManifest(image, index.mediaType, index.bytes);
  t.deepEqual(await deploy(index.digest), { kind: 'accepted' });
  const copy = await images.manifest({ registry, repository: 'shop/web', tag: 'latest' });
  const manifest = JSON.parse(Buffer.from(copy?.bytes ?? []).toString('utf8'));
  t.is(manifest.mediaType, DOCKER_MANIFEST);
  t.is(manifest.config.digest, idOf(ONE));
  t.deepEqual(
    manifest.layers.map((layer: { mediaType: string }) => layer.mediaType),
    ['application/vnd.docker.image.rootfs.diff.tar.gzip'],
  );
  server.settle();
  t.deepEqual(await observe(index.digest), { state: 'running', digest: index.digest });
});

test('createHerokuTarget() refuses images that Heroku cannot run, with what to do', async t => {
  const { images, image, server, deploy } = await place(t);
  const child = { digest: ONE.digest, mediaType: ONE.mediaType, size: ONE.bytes.length };
  const arm = { ...child, platform: { os: 'linux', architecture: 'arm64' } };
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: indexOf([]).mediaType, manifests: [arm] }),
  );
  const index = await images.putManifest(image, indexOf([]).mediaType, bytes);
  const other = await deploy(index);
  t.true(other.kind === 'failed' && /it has no image for linux\/amd64; build one$/.test(other.reason));
  const missing = await deploy(`sha256:${'0'.repeat(64)}`);
  t.true(missing.kind === 'failed' && /it is not in its registry; push it again$/.test(missing.reason));
  t.is(server.releases.length, 2);
});

test('createHerokuTarget() watches the release, and the dynos after it', async t => {
  const { server, deploy, observe } = await place(t);
  await deploy(ONE.digest);
  const pending = await observe(ONE.digest);
  t.true(pending.state === 'updating' && /^release v3 of "shop" is being made$/.test(pending.reason));
  server.state.dyno = 'starting';
  t.like(await observe(ONE.digest), { state: 'updating', reason: 'dyno web.1 of "shop" is starting' });
  server.state.dyno = 'crashed';
  t.like(await observe(ONE.digest), {
    state: 'unhealthy',
    reason: 'dyno web.1 of "shop" is crashed; see its log at Heroku',
  });
  server.state.dyno = 'up';
  t.deepEqual(await observe(ONE.digest), { state: 'running', digest: ONE.digest });
});

test('createHerokuTarget() fails with the release command, and knows that the one before goes on', async t => {
  const { server, deploy, observe } = await place(t);
  for (const { digest } of [ONE, BAD]) {
    await deploy(digest);
    server.settle();
  }
  const seen = await observe(BAD.digest);
  t.true(seen.state === 'failed' && /^release v4 of "shop" failed: see the output/.test(seen.reason));
  t.deepEqual(await observe(ONE.digest), { state: 'running', digest: ONE.digest });
});

test('createHerokuTarget() goes on from an image that somebody else released', async t => {
  const { server, deploy, observe, target, registry } = await place(t);
  server.add('Deployed web (142013fe2b5c)', { status: 'succeeded' });
  const seen = await observe();
  t.true(
    seen.state === 'unhealthy' && /runs image 142013fe2b5c, which headway did not copy$/.test(seen.reason),
  );
  const found = await target.list(AbortSignal.timeout(5_000));
  t.like(found[0], { workload: 'shop/web', image: { registry, repository: 'shop/web' }, updating: false });
  t.is((await deploy(ONE.digest)).kind, 'accepted');
});

test('createHerokuTarget() says what is missing', async t => {
  const { server, deploy, observe } = await place(t);
  server.state.exists = false;
  t.deepEqual(await observe(), { state: 'absent' });
  const answer = await deploy(ONE.digest);
  t.true(answer.kind === 'failed' && /there is no app "shop" at Heroku.*; create it/.test(answer.reason));
});

const reads = test.macro({
  exec(t, descriptions: readonly string[], image: string | undefined) {
    const releases = descriptions.map((description, at) => ({
      version: at + 1,
      status: 'succeeded',
      description,
    }));
    t.is(imageReleases(releases.reverse(), 'web')[0]?.image, image);
  },
  title: (_, descriptions: readonly string[]) => `imageReleases() understands: ${descriptions.join(', ')}`,
});
const [A, B] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];
test(reads, [`Deployed web (${A})`, 'Set A config vars'], A);
test(reads, [`Deployed worker (${A}), web (${B})`], B);
test(reads, [`Deployed web (${A})`, `Deployed web (${B})`, 'Rollback to v1'], A);
test(reads, [`Deployed web (${A})`, 'Set A config vars', `Deployed web (${B})`, 'Rollback to v2'], A);
test(reads, [`Deployed web-worker (${A})`, 'Update DATABASE by heroku-postgresql'], undefined);

const troubled = test.macro({
  async exec(t, trouble: Trouble) {
    const { server, open, image } = await place(t);
    const target = open({ deadline: trouble.deadline });
    server.before(() => trouble.answer({ id: 'x', message: `${trouble.words}` }));
    await trouble.check(t, {
      observe: () => target.observe('web', configured, image),
      deploy: () =>
        target.deploy(
          { name: 'web', service: configured, image: { ...image, digest: ONE.digest } },
          AbortSignal.timeout(30_000),
        ),
    });
  },
  title: (_, trouble: Trouble) => `createHerokuTarget() ${trouble.title}`,
});
for (const trouble of troubles({
  unauthorized: /answered 401 \(denied\); give the target a valid token/,
  denied: /answered 403 \(denied\); let the account of the token deploy/,
})) {
  test(troubled, trouble);
}
