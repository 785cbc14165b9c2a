import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { freePort, startHeadway } from '../helpers/host-process.ts';
import { readApi } from '../helpers/host-process-checks.ts';
import { untilRunning } from '../helpers/host-process-sample.ts';
import { kubernetesLab, removeUnused } from '../helpers/kubernetes-lab.ts';
import { manifest } from '../helpers/kubernetes-manifests.ts';
import { need } from '../helpers/need.ts';
import { signedWebhook } from '../helpers/signed-webhook.ts';

const SECRET = 'secret-of-the-journey';
const SERVING = 'CMD ["httpd", "-f", "-p", "8000", "-h", "/www"]\nSTOPSIGNAL SIGKILL\n';
const READY = { readinessProbe: { exec: { command: ['test', '-d', '/www'] }, periodSeconds: 1 } };

/** What each commit's image does: serves, crashes, never becomes ready, serves again. */
const COMMITS = {
  one: `RUN mkdir /www && echo one > /www/index.html\n${SERVING}`,
  crash: 'CMD ["sh", "-c", "exit 7"]\n',
  unready: 'CMD ["sleep", "600"]\nSTOPSIGNAL SIGKILL\n',
  two: `RUN mkdir /www && echo two > /www/index.html\n${SERVING}`,
};

test('a push is built, tagged, rolled out on a cluster; a bad one is rolled back while the old pods serve', async t => {
  const place = await openJourney(t);
  if (place === undefined) {
    t.pass();
    return;
  }
  t.timeout(4 * 60_000);
  const { url, push, shas } = place;

  await push('one');
  const one = await untilRunning(url, 'cluster/web', shas['one'] ?? '');
  t.deepEqual(await place.ready(), [one]);

  for (const bad of ['crash', 'unready'] as const) {
    await push(bad);
    const held = await place.untilHeld(shas[bad] ?? '');
    t.regex(
      held.message ?? '',
      bad === 'crash' ? /^rolled back: .*exit code 7/ : /^rolled back: .*did not get on/,
    );
    t.is(held.observed?.digest, one);
    t.deepEqual(await place.ready(), [one], 'what ran before serves on');
  }
  t.true(
    place.served.length > 0 && place.served.every(ready => ready.includes(one)),
    'and did all the while',
  );

  await push('two');
  const two = await untilRunning(url, 'cluster/web', shas['two'] ?? '');
  t.deepEqual(await place.ready(), [two]);
});

type Held = {
  readonly phase: string;
  readonly message?: string;
  readonly observed?: { readonly digest: string };
  readonly refused?: { readonly commit?: string };
};

async function openJourney(t: ExecutionContext) {
  const lab = kubernetesLab(t);
  const [base, host] = [need('LAB_BASE_IMAGE'), need('DOCKER_HOST')];
  if (lab === undefined || base === undefined || host === undefined) return undefined;
  const { ask, kubeconfig } = lab;
  const namespace = `test-${randomBytes(5).toString('hex')}`;
  const repository = `${lab.image.registry}/${namespace}/web`;
  const shop = await createGitRepository(t);
  const names = Object.keys(COMMITS);
  const shas = await shop.grow(
    Object.entries(COMMITS).map(([name, lines], i) => ({
      name,
      parents: names.slice(Math.max(0, i - 1), i),
      files: { 'web/Dockerfile': `FROM ${base}\nLABEL test=${namespace}\n${lines}` },
    })),
  );
  await shop.branch('main', 'one');
  await ask('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  const spec = { progressDeadlineSeconds: 5 };
  const web = manifest('deployment', 'web', { image: `${repository}:none`, container: READY, spec });
  await ask('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, web);

  const folder = await temporaryFolder(t);
  const port = await freePort();
  await writeFile(
    join(folder, 'headway.yaml'),
    `
repos: { shop: { url: ${JSON.stringify(shop.path)} } }
images: { web: { repo: shop, context: web, repository: ${repository}, builder: docker } }
tags: { prod: { images: [web] } }
targets: { cluster: { kind: kubernetes, kubeconfig: ${JSON.stringify(kubeconfig)}, namespace: ${namespace} } }
services: { web: { target: cluster, image: web, tag: prod, timeout: 20s } }
hooks: { github: { kind: github, secret: env://SECRET } }
`,
  );
  const url = `http://127.0.0.1:${port}`;
  const headway = startHeadway(['up'], {
    cwd: folder,
    environment: { PORT: String(port), SECRET, DOCKER_HOST: host },
  });
  t.teardown(async () => {
    headway.signal('SIGINT');
    await headway.ended;
    await ask('DELETE', `/api/v1/namespaces/${namespace}`);
    await removeUnused(namespace);
  });
  await headway.ready;
  const served: string[][] = [];

  /** The digests that ready pods run, each once. */
  async function ready(): Promise<string[]> {
    const pods = await lab?.pods(namespace);
    const containers = (pods ?? [])
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .flatMap(({ status }) => status.containerStatuses ?? []);
    return [
      ...new Set(containers.filter(one => one.ready).map(({ imageID }) => imageID.split('@')[1] ?? '')),
    ];
  }

  return {
    url,
    shas,
    ready,
    served,
    async push(name: keyof typeof COMMITS) {
      const before = await shop.git('rev-parse', 'main');
      await shop.branch('main', name);
      const after = shas[name];
      const first = before.trim() === after ? '0'.repeat(40) : before.trim();
      const payload = { ref: 'refs/heads/main', before: first, after, repository: { clone_url: shop.path } };
      const body = JSON.stringify(payload);
      const { path, ...init } = signedWebhook({ kind: 'github', secret: SECRET, delivery: name, body });
      t.is((await fetch(`${url}${path}`, init)).status, 202);
    },
    /** Until the commit was refused and what ran before is back; who serves meanwhile is kept in `served`. */
    async untilHeld(commit: string): Promise<Held> {
      for (let tries = 0; ; tries++) {
        served.push(await ready());
        const found = await readApi<Held>(url, 'services/cluster/web');
        if (found?.phase === 'held' && found.refused?.commit === commit) return found;
        if (tries > 300) throw new Error(`Cannot see ${commit} rolled back: ${JSON.stringify(found)}`);
        await later(200);
      }
    },
  };
}
