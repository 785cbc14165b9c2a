import test, { type ExecutionContext } from 'ava';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { removeKubernetesImages } from '../helpers/kubernetes-lab.ts';
import { manifest } from '../helpers/kubernetes-manifests.ts';
import { type KubernetesPlace, openKubernetesPlace } from '../helpers/kubernetes-place.ts';

test.after.always(removeKubernetesImages);

const READY = { readinessProbe: { exec: { command: ['test', '-d', '/www'] }, periodSeconds: 1 } };
const IMPATIENT = { container: READY, spec: { progressDeadlineSeconds: 4 } };
const NOWHERE: Digest = `sha256:${'0'.repeat(64)}`;

/** Deploys something bad, sees it said, given up and taken back; what ran before serves all the while. */
const rollsBack = test.macro({
  async exec(
    t,
    bad: (place: KubernetesPlace) => Promise<Digest>,
    expected: RegExp,
    first: 'unhealthy' | 'failed',
  ) {
    await withPlace(t, IMPATIENT, async place => {
      const { v0 } = place.digests;
      t.deepEqual(await place.deploy(await bad(place)), { kind: 'accepted' });
      const seen = await place.until(first);
      t.is(seen.state, first);
      t.regex('reason' in seen ? seen.reason : '', expected);
      t.is(await place.there(), v0);
      const failed = await place.until('failed');
      t.regex('reason' in failed ? failed.reason : '', /did not get on within its progressDeadlineSeconds/);
      t.is(await place.there(), v0);
      t.deepEqual(await place.deploy(v0), { kind: 'accepted' });
      const after = await place.observe();
      t.not(after.state, 'failed', 'what was given up before says nothing about this');
      t.deepEqual(await place.until('running'), { state: 'running', digest: v0 });
    });
  },
  title: (name = '') => `${name} is said, given up and rolled back by digest while the old pods serve`,
});

test.serial(
  'an image that crashes',
  rollsBack,
  async ({ digests }) => digests.bad,
  /pod "web-.*: container "web" .*exit code 7 \(Error\)/,
  'unhealthy',
);

test.serial(
  'an image that cannot be pulled',
  rollsBack,
  async () => NOWHERE,
  /pod "web-.*: container "web" is in (?:ErrImagePull|ImagePullBackOff): .+/,
  'unhealthy',
);

test.serial(
  'an image that never gets ready',
  rollsBack,
  place => place.make('CMD ["sleep", "600"]\nSTOPSIGNAL SIGKILL\n'),
  /did not get on/,
  'failed',
);

test.serial('an image that is not ready yet is updating, with how far it is', async t => {
  await withPlace(t, { container: READY }, async place => {
    await place.deploy(await place.make('CMD ["sleep", "600"]\nSTOPSIGNAL SIGKILL\n'));
    const seen = await place.until('updating');
    t.is(seen.state, 'updating');
    t.is(await place.there(), place.digests.v0);
  });
});

test.serial('every pod must run the digest, not only the first', async t => {
  await withPlace(t, { replicas: 3, container: READY }, async place => {
    await place.deploy(place.digests.v1);
    t.deepEqual(await place.until('running'), { state: 'running', digest: place.digests.v1 });
    const images = (await place.pods(place.namespace))
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .map(({ spec }) => spec.containers[0]?.image);
    t.deepEqual(images, Array(3).fill(place.declared(place.digests.v1)));
  });
});

test.serial('one of several containers is named, and only that one is changed', async t => {
  await withPlace(t, {}, async place => {
    const image = place.declared(place.digests.v0);
    const beside = { name: 'beside', image, command: ['sleep', '600'] };
    await place.patch({ spec: { template: { spec: { containers: [beside] } } } });
    const answer = await place.deploy(place.digests.v1);
    t.true(answer.kind === 'failed' && /several have .*name one with container/.test(answer.reason));
    const service = { container: 'beside' };
    t.deepEqual(await place.deploy(place.digests.v1, service), { kind: 'accepted' });
    t.deepEqual(await place.until('running', service), { state: 'running', digest: place.digests.v1 });
    t.deepEqual(await place.until('running', { container: 'web' }), {
      state: 'running',
      digest: place.digests.v0,
    });
    const found = await place.target.list(AbortSignal.timeout(10_000));
    t.deepEqual(
      found.map(({ container, digest }) => [container, digest]),
      [
        ['beside', place.digests.v1],
        ['web', place.digests.v0],
      ],
    );
    t.regex(
      JSON.stringify(await place.deploy(place.digests.v1, { container: 'other' })),
      /Cannot find container .*other.* in deployment .*web/,
    );
  });
});

test.serial('a workload that is not there is absent, and is not made', async t => {
  await withPlace(t, {}, async place => {
    const service = { workload: 'statefulset/other' };
    t.deepEqual(await place.observe(service), { state: 'absent' });
    t.deepEqual(await place.deploy(place.digests.v1, service), {
      kind: 'failed',
      reason: `Cannot find statefulset "other" in namespace "${place.namespace}"; apply it once, headway brings only what is there to a digest`,
    });
    t.deepEqual(await place.observe({ workload: `${place.namespace}-x/deployment/web` }), {
      state: 'absent',
    });
  });
});

test.serial('what a tag was resolved to by the cluster is what runs', async t => {
  await withPlace(t, {}, async place => {
    const { registry, repository } = place.image;
    await place.patch({
      spec: { template: { spec: { containers: [{ name: 'web', image: `${registry}/${repository}:t1` }] } } },
    });
    const seen = await place.until('running');
    t.true(seen.state === 'running' && Object.values(place.digests).includes(seen.digest));
    const [found] = await place.target.list(AbortSignal.timeout(10_000));
    t.like(found, { workload: 'web', image: { registry, repository, tag: 't1' }, updating: false });
    t.true(found?.digest !== undefined);
  });
});

test.serial('a paused rollout is a word of a person, and held', async t => {
  await withPlace(t, {}, async place => {
    await place.patch({ spec: { paused: true } });
    t.deepEqual(await place.deploy(place.digests.v1), {
      kind: 'held',
      reason: 'deployment "web" is paused; "kubectl rollout resume deployment/web" lets headway go on',
    });
    await place.patch({ spec: { paused: false }, metadata: { labels: { 'headway.dev/hold': '' } } });
    t.regex(JSON.stringify(await place.observe()), /held by headway.dev\/hold: no reason given/);
  });
});

test.serial("another deployment's pods with the same labels do not count", async t => {
  await withPlace(t, {}, async place => {
    const other = manifest('deployment', 'other', { image: place.declared(place.digests.v2) });
    const labels = { app: 'web', other: 'yes' };
    const template = (other.spec as { template: { metadata: { labels: unknown } } }).template;
    template.metadata.labels = labels;
    await place.create({
      ...other,
      spec: { ...Object(other.spec), selector: { matchLabels: labels }, template },
    });
    t.is((await place.until('running', { workload: 'other' })).state, 'running');
    t.deepEqual(await place.observe(), { state: 'running', digest: place.digests.v0 });
  });
});

test.serial('scaled to nothing it is what it declares', async t => {
  await withPlace(t, {}, async place => {
    await place.patch({ spec: { replicas: 0 } });
    await place.deploy(place.digests.v1);
    t.deepEqual(await place.until('running'), { state: 'running', digest: place.digests.v1 });
  });
});

async function withPlace(
  t: ExecutionContext,
  shape: Parameters<typeof openKubernetesPlace>[1],
  use: (place: KubernetesPlace) => Promise<void>,
) {
  const place = await openKubernetesPlace(t, shape);
  if (place === undefined) {
    t.pass();
    return;
  }
  try {
    await use(place);
  } finally {
    await place.close();
  }
}
