import { randomBytes } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import test from 'ava';
import { createGitTarget } from '../../shared/adapters/targets/git/git-target.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { repositoryName } from '../../shared/domain/names/image-reference.ts';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { service } from '../helpers/git-repository-orders.ts';
import { kubernetesLab, removeKubernetesImages } from '../helpers/kubernetes-lab.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

test.after.always(removeKubernetesImages);

const SERVING = 'CMD ["httpd", "-f", "-p", "8000", "-h", "/www"]\nSTOPSIGNAL SIGKILL\n';

test('createGitTarget() brings a commit to a real cluster by kubectl, and says what the cluster refuses', async t => {
  const lab = kubernetesLab(t);
  if (lab === undefined) {
    t.pass();
    return;
  }
  const { ask, image, kubeconfig } = lab;
  const [v1, v2] = await Promise.all(
    ['one', 'two'].map(text => lab.make(`RUN mkdir /www && echo ${text} > /www/index.html\n${SERVING}`)),
  );
  if (v1 === undefined || v2 === undefined) throw new Error('Cannot go on without images');
  const namespace = `test-${randomBytes(5).toString('hex')}`;
  const at = `/api/v1/namespaces/${namespace}`;
  t.teardown(() => ask('DELETE', at));

  const files = { 'apps/web.yaml': manifests(namespace, `${repositoryName(image)}:v0`) };
  const repository = await createGitRepository(t);
  await repository.grow([{ name: 'manifests', files }]);
  await repository.branch('main', 'manifests');
  const target = createGitTarget({
    url: repository.path,
    branch: 'main',
    files: ['apps/*.yaml'],
    author: { name: 'headway', email: 'headway@example.com' },
    root: await temporaryFolder(t),
    log,
    environment: { PATH: process.env['PATH'], HOME: await temporaryFolder(t) },
    apply: { kubeconfig, redact: text => text, pause: 0 },
  });
  const deploy = (digest: Digest) =>
    target.deploy(
      { name: 'web', service: service('web'), image: { ...image, digest } },
      AbortSignal.timeout(60_000),
    );
  const observe = () => target.observe('web', service('web'), image);

  t.like(await deploy(v1), { kind: 'accepted' });
  const refused = await observe();
  t.is(refused.state, 'unhealthy');
  t.regex(
    'reason' in refused ? refused.reason : '',
    new RegExp(
      `Cannot apply apps/web.yaml of commit \\w{7}: "kubectl" exited with 1; .*namespaces? "${namespace}" not found`,
      's',
    ),
  );

  await ask('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  t.deepEqual(await observe(), { state: 'running', digest: v1 }, 'the next look has tried again');
  t.like(await ask('GET', `${at}/configmaps/settings`), { data: { colour: 'blue' } });
  t.is(await runs(v1), v1);

  t.like(await deploy(v2), { kind: 'accepted' });
  t.deepEqual(await observe(), { state: 'running', digest: v2 });
  t.is(await runs(v2), v2);

  /** What the newest ready pod runs, once it is this. */
  async function runs(digest: Digest): Promise<string | undefined> {
    for (let tries = 0; ; tries++) {
      const ready = (await lab?.pods(namespace))?.filter(
        ({ status }) => status.containerStatuses?.[0]?.ready,
      );
      const digests = ready?.map(({ status }) => status.containerStatuses?.[0]?.imageID.split('@')[1]) ?? [];
      if (digests.includes(digest) || tries > 150) return digests.find(each => each === digest) ?? digests[0];
      await later(200);
    }
  }
});

const manifests = (namespace: string, image: string) => `# What the app is told, and the app.
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: ${namespace}}
data: {colour: blue}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ${namespace}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: web
          image: ${image} # moved by headway
`;
