import test, { type ExecutionContext } from 'ava';
import { removeKubernetesImages } from '../helpers/kubernetes-lab.ts';
import { manifest } from '../helpers/kubernetes-manifests.ts';
import { type KubernetesPlace, openKubernetesPlace } from '../helpers/kubernetes-place.ts';

test.after.always(removeKubernetesImages);

const READY = { readinessProbe: { exec: { command: ['test', '-d', '/www'] }, periodSeconds: 1 } };

test.serial(
  'a stateful set goes on serving behind a bad pod, which a deploy of the old digest frees',
  async t => {
    const shape = { kind: 'statefulset', replicas: 2, container: READY } as const;
    await withPlace(t, shape, async place => {
      const { v0, bad } = place.digests;
      t.deepEqual(await place.deploy(bad), { kind: 'accepted' });
      const seen = await place.until('unhealthy');
      t.regex(
        'reason' in seen ? seen.reason : '',
        /^statefulset "web": pod "web-1": container "web" .*exit code 7/,
      );
      t.is(await place.there(), v0);
      t.deepEqual(await place.deploy(v0), { kind: 'accepted' });
      t.deepEqual(await place.until('running'), { state: 'running', digest: v0 });
    });
  },
);

test.serial('a stateful set whose partition keeps pods from the change does not run it', async t => {
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 1 } };
  await withPlace(t, { kind: 'statefulset', spec: { updateStrategy } }, async place => {
    await place.deploy(place.digests.v1);
    const seen = await place.until('updating');
    t.regex(
      'reason' in seen ? seen.reason : '',
      /has not taken up|its partition of 1 keeps pods from the change/,
    );
    t.is(await place.there(), place.digests.v0);
  });
});

test.serial('a daemon set is rolled out over its nodes and back from a bad image', async t => {
  await withPlace(t, { kind: 'daemonset' }, async place => {
    const { v1, bad } = place.digests;
    for (const digest of [v1, bad, v1]) {
      t.deepEqual(await place.deploy(digest), { kind: 'accepted' });
      const seen = await place.until(digest === bad ? 'unhealthy' : 'running');
      t.is(seen.state, digest === bad ? 'unhealthy' : 'running');
    }
    t.is(await place.there(), v1);
  });
});

test.serial('a cron job is what its next run will be', async t => {
  await withPlace(t, { kind: 'cronjob' }, async place => {
    t.deepEqual(await place.observe(), { state: 'running', digest: place.digests.v0 });
    t.deepEqual(await place.deploy(place.digests.v1), { kind: 'accepted' });
    t.deepEqual(await place.observe(), { state: 'running', digest: place.digests.v1 });
    t.like(await place.deploy(place.digests.v1), { note: 'it is declared already' });
    const container = { name: 'web', image: `${place.image.registry}/${place.image.repository}:t1` };
    await place.patch({
      spec: { jobTemplate: { spec: { template: { spec: { containers: [container] } } } } },
    });
    t.regex(JSON.stringify(await place.observe()), /"unhealthy".*names .*:t1 without a digest/);
    await place.takeOver();
    t.is((await place.observe()).state, 'held');
  });
});

test.serial(
  'a job is run anew after its pattern, once a deploy, and the last three runs are kept',
  async t => {
    await withPlace(t, { kind: 'job', container: { command: ['true'] } }, async place => {
      const { v0, v1, v2 } = place.digests;
      for (const digest of [v1, v2, v0, v1]) {
        t.deepEqual(await place.deploy(digest), { kind: 'accepted' });
        t.deepEqual(await place.until('running'), { state: 'running', digest });
        t.like(await place.deploy(digest), { note: 'it was run already' });
      }
      const found = await place.target.list(AbortSignal.timeout(10_000));
      t.deepEqual(
        found.map(({ workload, digest, updating }) => [workload, digest, updating]),
        [['job/web', v1, false]],
      );
      const runs = await place.namesOf('jobs');
      t.deepEqual(runs, ['web', 'web-2', 'web-3', 'web-4']);
    });
  },
);

test.serial('a job that fails says so and can be run with another digest', async t => {
  const command = ['sh', '-c', 'grep -q two /www/index.html && exit 3; exit 0'];
  await withPlace(t, { kind: 'job', container: { command } }, async place => {
    t.deepEqual(await place.deploy(place.digests.v2), { kind: 'accepted' });
    const seen = await place.until('failed');
    t.regex('reason' in seen ? seen.reason : '', /^job "web-1" failed: .*exit code 3/);
    t.deepEqual(await place.deploy(place.digests.v1), { kind: 'accepted' });
    t.deepEqual(await place.until('running'), { state: 'running', digest: place.digests.v1 });
  });
});

test.serial('a job that goes on running is waited for, and one that cannot start is replaced', async t => {
  const command = ['sh', '-c', 'grep -q one /www/index.html && sleep 600; exit 0'];
  await withPlace(t, { kind: 'job', container: { command } }, async place => {
    await place.deploy(place.digests.v1);
    await t.throwsAsync(place.deploy(place.digests.v2), {
      message: /^Cannot .*job "web" again: job "web-1" has not ended/,
    });
    await place.ask('DELETE', `/apis/batch/v1/namespaces/${place.namespace}/jobs/web-1`, {
      propagationPolicy: 'Background',
    });
    await place.deploy(`sha256:${'0'.repeat(64)}`);
    t.is((await place.until('unhealthy')).state, 'unhealthy');
    t.deepEqual(await place.deploy(place.digests.v2), { kind: 'accepted' });
    t.deepEqual(await place.until('running'), { state: 'running', digest: place.digests.v2 });
  });
});

test.serial('every workload of the namespace is listed with what people wrote on it', async t => {
  const annotations = { 'headway.dev/tag': 'prod' };
  await withPlace(t, { annotations }, async place => {
    const image = place.declared(place.digests.v0);
    const path = `/apis/batch/v1beta1/namespaces/${place.namespace}/cronjobs`;
    await place.ask('POST', path, manifest('cronjob', 'nightly', { image }));
    const found = await place.target.list(AbortSignal.timeout(10_000));
    t.deepEqual(
      found.map(({ workload, labels, digest, updating }) => ({ workload, labels, digest, updating })),
      [
        {
          workload: 'cronjob/nightly',
          labels: { app: 'nightly' },
          digest: place.digests.v0,
          updating: false,
        },
        {
          workload: 'web',
          labels: { app: 'web', 'deployment.kubernetes.io/revision': '1', ...annotations },
          digest: place.digests.v0,
          updating: false,
        },
      ],
    );
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
