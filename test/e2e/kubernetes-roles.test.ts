import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { createKubernetesContainers } from '../../shared/adapters/containers/kubernetes/containers.ts';
import type { Cluster } from '../../shared/adapters/kubernetes/cluster.ts';
import { createKubernetesTarget } from '../../shared/adapters/targets/kubernetes/kubernetes-target.ts';
import type { WorkloadKind } from '../../shared/domain/names/kubernetes-workload.ts';
import { buildContext } from '../helpers/build-context.ts';
import { removeHeadwayImage } from '../helpers/headway-image.ts';
import { openKubernetesBuilds } from '../helpers/kubernetes-builds.ts';
import { connectKubeconfig, removeKubernetesImages } from '../helpers/kubernetes-lab.ts';
import { type KubernetesPlace, openKubernetesPlace } from '../helpers/kubernetes-place.ts';
import { need } from '../helpers/need.ts';

test.after.always(removeKubernetesImages);
test.after.always(removeHeadwayImage);

const run = promisify(execFile);

test.serial('an account without a role is told which one it needs', async t => {
  await withAccount(t, { roles: [] }, async place => {
    const seen = await place.observe();
    t.is(seen.state, 'unknown');
    t.regex(
      'reason' in seen ? seen.reason : '',
      /^Kubernetes at https:\S+ denies it: deployments.apps "web" is forbidden: .*; bind the role of infra\/kubernetes/,
    );
    await t.throwsAsync(place.target.list(AbortSignal.timeout(10_000)), { message: /bind the role of/ });
    t.regex(JSON.stringify(await place.deploy(place.digests.v1)), /"failed".*bind the role of/);
    t.is(await place.there(), place.digests.v0);
  });
});

test.serial('the deployer role suffices to see, list and roll out, forwards and back', async t => {
  await withAccount(t, { roles: ['deployer'] }, async place => {
    for (const digest of [place.digests.v1, place.digests.v0]) {
      t.deepEqual(await place.deploy(digest), { kind: 'accepted' });
      t.deepEqual(await place.until('running'), { state: 'running', digest });
    }
    t.is((await place.target.list(AbortSignal.timeout(10_000))).length, 1);
  });
});

test.serial('the role for stateful sets lets a bad image be taken back', async t => {
  await withAccount(t, { kind: 'statefulset', roles: ['deployer', 'statefulsets'] }, async place => {
    await place.deploy(place.digests.bad);
    t.is((await place.until('unhealthy')).state, 'unhealthy');
    t.deepEqual(await place.deploy(place.digests.v1), { kind: 'accepted' });
    t.deepEqual(await place.until('running'), { state: 'running', digest: place.digests.v1 });
  });
});

test.serial('the role for jobs lets a job be run anew', async t => {
  await withAccount(t, { kind: 'job', roles: ['deployer', 'jobs'] }, async place => {
    t.deepEqual(await place.deploy(place.digests.v1), { kind: 'accepted' });
    t.deepEqual(await place.until('running'), { state: 'running', digest: place.digests.v1 });
  });
});

test.serial(
  'the role for runs suffices to run a test, with what it may know, and leaves nothing',
  async t => {
    const image = need('LAB_BASE_IMAGE') ?? '';
    await withAccount(t, { roles: ['runner'] }, async ({ namespace, namesOf }, cluster) => {
      const containers = createKubernetesContainers({ cluster, namespace, owner: 'test' });
      const command = ['sh', '-c', 'exit $(cat /run/secrets/CODE)'];
      const order = { image, command, files: { '/run/secrets/CODE': '3' }, timeout: 60_000 };
      const end = await containers.run(order, () => {}, AbortSignal.timeout(120_000));
      t.deepEqual(end, { kind: 'exited', code: 3 });
      while ((await namesOf('jobs')).length > 0) await later(200);
    });
  },
);

test.serial('the role for builders lets a build be made, followed and forgotten', async t => {
  const place = await openKubernetesBuilds(t);
  if (place === undefined) {
    t.pass();
    return;
  }
  await withKubeconfig(place, ['builder'], async kubeconfig => {
    const context = await buildContext(t, { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' });
    const image = { registry: place.registry, repository: 'test/roles', tag: place.namespace };
    const order = { image, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0 };
    const lines: string[] = [];
    const progress = { output: (line: string) => void lines.push(line), progress() {} };
    const builder = place.builderWith({ cluster: connectKubeconfig(kubeconfig) });
    const { digest } = await builder.build(order, progress, AbortSignal.timeout(120_000));
    t.is((await place.store.manifest(image))?.digest, digest);
    t.notRegex(lines.join('\n'), / denies it: /);
    t.deepEqual(await place.jobs(), []);
  });
});

type Account = { readonly kind?: WorkloadKind; readonly roles: readonly string[] };

/** A place whose target is asked with the token of the service account `headway`, which has only these roles. */
async function withAccount(
  t: ExecutionContext,
  { kind = 'deployment', roles }: Account,
  use: (place: KubernetesPlace, cluster: Cluster) => Promise<void>,
) {
  const ends = kind === 'job' ? { container: { command: ['true'] } } : {};
  const place = await openKubernetesPlace(t, { kind, ...ends });
  if (place === undefined) {
    t.pass();
    return;
  }
  try {
    await withKubeconfig(place, roles, async kubeconfig => {
      const cluster = connectKubeconfig(kubeconfig);
      place.use(createKubernetesTarget({ cluster, namespace: place.namespace }));
      await use(place, cluster);
    });
  } finally {
    await place.close();
  }
}

type Namespace = Pick<KubernetesPlace, 'namespace' | 'kubeconfig' | 'ask'>;

/** A kubeconfig of the account `headway` in the namespace, which has only these roles. */
async function withKubeconfig(
  place: Namespace,
  roles: readonly string[],
  use: (kubeconfig: string) => Promise<void>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'headway-roles-'));
  try {
    for (const role of ['account', ...roles]) await apply(place, role);
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, JSON.stringify(await kubeconfigOf(place)));
    await use(kubeconfig);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function apply({ namespace, kubeconfig, ask }: Namespace, role: string): Promise<void> {
  if (role === 'account') {
    await ask('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'headway' } });
    return;
  }
  const file = `infra/kubernetes/${role}.yaml`;
  await run('kubectl', ['--kubeconfig', kubeconfig, '--namespace', namespace, 'apply', '--filename', file]);
}

/** The cluster of the tests, as the account that its token is of. */
async function kubeconfigOf({ namespace, kubeconfig, ask }: Namespace) {
  const url = `/api/v1/namespaces/${namespace}/secrets`;
  const annotations = { 'kubernetes.io/service-account.name': 'headway' };
  await ask('POST', url, {
    metadata: { name: 'token', annotations },
    type: 'kubernetes.io/service-account-token',
  });
  const { stdout } = await run('kubectl', [
    '--kubeconfig',
    kubeconfig,
    'config',
    'view',
    '--raw',
    '--output',
    'json',
  ]);
  const { clusters } = JSON.parse(stdout);
  for (;;) {
    const { data } = Object(await ask('GET', `${url}/token`));
    if (data?.token === undefined) await later(100);
    else {
      return {
        apiVersion: 'v1',
        kind: 'Config',
        clusters,
        users: [{ name: 'headway', user: { token: Buffer.from(data.token, 'base64').toString() } }],
        contexts: [{ name: 'lab', context: { cluster: clusters[0].name, user: 'headway' } }],
        'current-context': 'lab',
      };
    }
  }
}
