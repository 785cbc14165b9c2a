import { randomBytes, randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { createDockerGate } from '../../shared/adapters/gates/docker/docker-gate.ts';
import { createKubernetesGate } from '../../shared/adapters/gates/kubernetes/kubernetes-gate.ts';
import { parseImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Gate } from '../../shared/ports/gate.ts';
import { dockerLab } from '../helpers/docker-lab.ts';
import { connectKubeconfig } from '../helpers/kubernetes-lab.ts';
import { readingLogs } from '../helpers/kubernetes-logs.ts';
import { need } from '../helpers/need.ts';
import { runProgram } from '../helpers/run-program.ts';

type Settings = {
  readonly command: readonly string[];
  readonly timeout?: string;
  readonly image?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
};
type Place = {
  /** An image by digest, with a shell in it. */
  readonly reference: { readonly registry: string; readonly repository: string; readonly digest: string };
  gate(settings: Settings): Gate;
};

const ENVIRONMENT = { TOKEN: 'of the test' };

async function openDocker(t: ExecutionContext): Promise<Place | undefined> {
  const [lab, reference] = [dockerLab(t), await baseImage()];
  if (lab === undefined || reference === undefined) return undefined;
  const options = {
    ...lab,
    credentials: async () => undefined,
    clock: { now: Date.now },
    owner: randomUUID(),
  };
  return {
    reference,
    gate: settings => createDockerGate({ timeout: '1m', ...settings, environment: ENVIRONMENT, ...options }),
  };
}

async function openKubernetes(t: ExecutionContext): Promise<Place | undefined> {
  const [kubeconfig, reference] = [need('KUBECONFIG'), await baseImage()];
  if (kubeconfig === undefined || reference === undefined) {
    t.log('skipped: needs a cluster (KUBECONFIG) and an image that it can fetch (LAB_BASE_IMAGE)');
    return undefined;
  }
  const connected = connectKubeconfig(kubeconfig);
  const cluster = { ...connected, read: readingLogs(connected) };
  const namespace = `test-${randomBytes(5).toString('hex')}`;
  await cluster.ask({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } });
  t.teardown(() => cluster.ask({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` }));
  const options = { cluster, namespace, owner: randomUUID(), startWithin: 10_000 };
  return {
    reference,
    gate: settings =>
      createKubernetesGate({ timeout: '1m', ...settings, environment: ENVIRONMENT, ...options }),
  };
}

/** The lab's image with a shell, by the digest that the registry has. */
async function baseImage(): Promise<Place['reference'] | undefined> {
  const name = need('LAB_BASE_IMAGE');
  if (name === undefined) return undefined;
  const words = ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${name}`];
  const digest = (await runProgram('skopeo', words))?.trim();
  const image = parseImageReference(name);
  return image === undefined || digest === undefined
    ? undefined
    : { registry: image.registry, repository: image.repository, digest };
}

const tests = test.macro({
  async exec(t, open: (t: ExecutionContext) => Promise<Place | undefined>) {
    const place = await open(t);
    if (place === undefined) {
      t.pass();
      return;
    }
    const { reference } = place;
    const name = `${reference.registry}/${reference.repository}`;
    const ask = async (settings: Settings) => {
      const lines: string[] = [];
      const question = { image: 'web', reference, tag: 'stable' };
      const signal = AbortSignal.timeout(120_000);
      const answer = await place
        .gate(settings)
        .ask(question, line => lines.push(line), signal)
        .catch((error: Error) => ({ kind: 'thrown', reason: error.message }));
      return { said: `${answer.kind}: ${answer.reason}`, lines };
    };
    const words = 'echo "$HEADWAY_IMAGE $TOKEN"; echo "$0"; test "$HEADWAY_IMAGE" = "$1" -a -n "$TOKEN"';
    const told = ['sh', '-c', words, '{digest}', `${name}@${reference.digest}`];
    const passed = await ask({ command: told });
    t.is(passed.said, 'passed: exit status 0');
    t.deepEqual(passed.lines, [`${name}@${reference.digest} of the test`, reference.digest]);
    const failed = await ask({ command: ['sh', '-c', 'echo 5 passed; exit 5'] });
    t.is(failed.said, 'failed: exit status 5');
    t.deepEqual(failed.lines, ['5 passed']);
    const other = await ask({ command: ['sh', '-c', 'exit 75'], image: `${name}:1` });
    t.regex(other.said, /^blocked: it asked to be asked again later/);
    t.is(
      (await ask({ command: ['sleep', '600'], timeout: '6s' })).said,
      'failed: it took longer than 6s and was ended',
    );
    t.regex(
      (await ask({ command: ['true'], image: `${reference.registry}/missing/tests:1` })).said,
      /^thrown: Cannot /,
    );
  },
  title: (where = '') => `a gate on ${where} passes and fails by exit status, with its output kept`,
});

test.serial('Docker', tests, openDocker);
test.serial('Kubernetes', tests, openKubernetes);

test.serial('a gate that no node has room for is no verdict', async t => {
  const place = await openKubernetes(t);
  if (place === undefined) {
    t.pass();
    return;
  }
  const gate = place.gate({ command: ['true'], nodeSelector: { 'test/gpu': 'a100' } });
  const question = { image: 'web', reference: place.reference, tag: 'stable' };
  await t.throwsAsync(
    gate.ask(question, () => {}, AbortSignal.timeout(120_000)),
    { message: /^Cannot start "headway-run-[^"]+" in the namespace .* within 10 s: .*nodes are available/ },
  );
});
