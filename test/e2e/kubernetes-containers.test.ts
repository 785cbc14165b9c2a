import test from 'ava';
import { ownerLabel, RUN_LABELS } from '../../shared/adapters/containers/kubernetes/job-spec.ts';
import { containersContract } from '../contracts/containers.ts';
import { openKubernetesContainers } from '../helpers/kubernetes-containers.ts';

containersContract(test, 'kubernetes', t =>
  openKubernetesContainers(t, t.title.includes('graphics') ? { startWithin: 3_000 } : {}),
);

test("jobs that a killed process of an owner left are removed before its next run, and nobody else's", async t => {
  const place = await openKubernetesContainers(t);
  if (place === undefined) {
    t.pass();
    return;
  }
  const path = `/apis/batch/v1/namespaces/${place.namespace}/jobs`;
  for (const owner of ['test', 'other']) {
    const labels = { [RUN_LABELS.owner]: ownerLabel(owner), [RUN_LABELS.process]: 'killed' };
    const container = { name: 'run', image: place.image, command: ['sleep', '600'] };
    const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [container] };
    const body = { metadata: { name: `left-${owner}`, labels }, spec: { template: { spec } } };
    await place.cluster.ask({ method: 'POST', path, body });
  }
  const order = { image: place.image, command: ['true'], timeout: 60_000 };
  const end = await place.containers.run(order, () => {}, AbortSignal.timeout(120_000));
  t.deepEqual(end, { kind: 'exited', code: 0 });
  const { items } = Object(await place.cluster.ask({ method: 'GET', path }));
  const left = items.filter((job: { metadata: object }) => !('deletionTimestamp' in job.metadata));
  t.deepEqual(
    left.map((job: { metadata: { name: string } }) => job.metadata.name),
    ['left-other'],
  );
});
