import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import test from 'ava';
import { createHttp } from '../../shared/adapters/http/http.ts';
import { createCluster } from '../../shared/adapters/kubernetes/cluster.ts';
import { describeFailure } from '../../shared/adapters/kubernetes/failures.ts';
import { lookUpGke } from '../../shared/adapters/kubernetes/gke.ts';
import { readKubeconfig } from '../../shared/adapters/kubernetes/kubeconfig.ts';
import { serveHttp } from '../helpers/serve-http.ts';

function kubeconfig(server: string, context = 'here'): string {
  return JSON.stringify({
    clusters: [{ name: `${context}-cluster`, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: `${context}-user`, user: { token: 'secret-token' } }],
    contexts: [{ name: context, context: { cluster: `${context}-cluster`, user: `${context}-user` } }],
    'current-context': context,
  });
}

async function inFolder(
  use: (write: (name: string, text: string) => Promise<string>, folder: string) => Promise<void>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'headway-kubeconfig-'));
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  await use(write, folder).finally(() => rm(folder, { recursive: true }));
}

test('a kubeconfig leads to the cluster of its context, or of the one that is named', async t => {
  await inFolder(async write => {
    const one = await write('one', kubeconfig('https://one', 'one'));
    const two = await write('two', kubeconfig('https://two', 'two'));
    t.is(readKubeconfig({ kubeconfig: two }, { KUBECONFIG: one }).server, 'https://two');
    const both = { KUBECONFIG: [one, two].join(delimiter) };
    t.is(readKubeconfig({}, both).server, 'https://one');
    t.is(readKubeconfig({ context: 'two' }, both).server, 'https://two');
  });
});

test('a kubeconfig that leads nowhere says what is wrong with it', async t => {
  await inFolder(async (write, folder) => {
    const named = await write('one', kubeconfig('https://one', 'one'));
    const broken = await write('broken', '{{');
    const says = (message: RegExp, settings: Parameters<typeof readKubeconfig>[0]) =>
      t.throws(() => readKubeconfig(settings, { HOME: folder }), { message });
    says(/has no context "two"; correct the target's context$/, { kubeconfig: named, context: 'two' });
    says(/^Cannot read kubeconfig ".*none": it cannot be opened;/, { kubeconfig: join(folder, 'none') });
    says(/it is no kubeconfig;/, { kubeconfig: broken });
    says(/^Cannot find a cluster: there is no kubeconfig and this is no pod;/, {});
  });
});

test('a blip of the API server is tried again, and a token is sent', async t => {
  const seen: (string | undefined)[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    seen.push(request.headers.authorization);
    response.statusCode = seen.length === 1 ? 503 : 200;
    response.end('{"kind":"Deployment"}');
  };
  const server = `http://${await serveHttp(t, answer)}`;
  await inFolder(async write => {
    const file = await write('config', kubeconfig(server));
    const connect = async () => readKubeconfig({ kubeconfig: file }, {});
    const cluster = createCluster({ connect, address: file, patience: 5_000 });
    t.deepEqual(await cluster.ask({ method: 'GET', path: '/x' }), { kind: 'Deployment' });
    t.deepEqual(seen, ['Bearer secret-token', 'Bearer secret-token']);
    t.is(cluster.address, server);
  });
});

const describes = test.macro({
  async exec(t, answer: (response: ServerResponse) => void, expected: RegExp) {
    const server = `http://${await serveHttp(t, (_, response) => answer(response))}`;
    await inFolder(async write => {
      const file = await write('config', kubeconfig(server));
      const connect = async () => readKubeconfig({ kubeconfig: file }, {});
      const cluster = createCluster({ connect, address: file, patience: 300 });
      const error = await t.throwsAsync(cluster.ask({ method: 'GET', path: '/x' }));
      const sentence = describeFailure(error, 'https://c');
      t.regex(sentence, expected);
      t.notRegex(sentence, /secret-token/);
    });
  },
  title: (name = '') => `a server that ${name} is told of in a sentence`,
});

const says = (status: number, body: string) => (response: ServerResponse) => {
  response.statusCode = status;
  response.end(body);
};
const status = (message: string) => JSON.stringify({ kind: 'Status', message });

test(
  'denies',
  describes,
  says(403, status('pods is forbidden')),
  /^Kubernetes at https:\/\/c denies it: pods is forbidden; bind the role of infra\/kubernetes/,
);
test(
  'does not know us',
  describes,
  says(401, status('Unauthorized')),
  /does not know the account; renew its credentials$/,
);
test('refuses', describes, says(422, status('image is invalid')), /refused: image is invalid$/);
test(
  'answers nonsense',
  describes,
  says(200, '<html>'),
  /^Cannot go on with Kubernetes at https:\/\/c: it answers something else than an API server does;/,
);
test('refuses without a word', describes, says(500, ''), /refused: no reason given$/);
test('hangs', describes, () => {}, /^Cannot reach Kubernetes at https:\/\/c: it did not answer in time/);

test('in a pod the cluster is where its environment says', t => {
  const pod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' };
  t.is(readKubeconfig({}, pod).server, 'https://10.0.0.1:6443');
  t.is(readKubeconfig({}, { KUBERNETES_SERVICE_HOST: 'fd00::1' }).server, 'https://[fd00::1]:443');
});

test('an account without a user in the kubeconfig sends its own token, fresh each time', async t => {
  const seen: (string | undefined)[] = [];
  const server = `http://${await serveHttp(t, (request, response) => {
    seen.push(request.headers.authorization);
    response.end('{}');
  })}`;
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'c', server, skipTLSVerify: true }, { name: 'google' });
  const token = async () => `token-${seen.length}`;
  const cluster = createCluster({
    connect: async () => ({ config, server, token }),
    address: 'c',
    patience: 5_000,
  });
  await cluster.ask({ method: 'GET', path: '/x' });
  await cluster.ask({ method: 'GET', path: '/x' });
  t.deepEqual(seen, ['Bearer token-0', 'Bearer token-1']);
});

test('why there is no connection is told as it is', t => {
  const error = new Error('Cannot get a Google access token: no', { cause: new Error('deep') });
  t.is(describeFailure(error, 'https://c'), 'Cannot get a Google access token: no');
});

test('a cluster of Google is looked up with the account that headway is', async t => {
  const seen: (string | undefined)[] = [];
  const server = `http://${await serveHttp(t, (request, response) => {
    seen.push(request.url, request.headers.authorization);
    response.end(JSON.stringify({ endpoint: '10.0.0.1', masterAuth: { clusterCaCertificate: 'Q0E=' } }));
  })}`;
  const name = 'projects/p/locations/l/clusters/c';
  const options = {
    token: async () => 'google',
    http: createHttp({ userAgent: 'test' }),
    endpoint: server,
  };
  const { config, server: address, token } = await lookUpGke(name, options);
  t.deepEqual(seen, [`/v1/${name}`, 'Bearer google']);
  t.is(address, 'https://10.0.0.1');
  t.is(config.getCurrentCluster()?.caData, 'Q0E=');
  t.is(await token?.(), 'google');
});

test('a cluster that Google does not tell of is named, with what to do', async t => {
  const server = `http://${await serveHttp(t, (_, response) => says(403, '{}')(response))}`;
  const options = {
    token: async () => 'google',
    http: createHttp({ userAgent: 'test' }),
    endpoint: server,
  };
  await t.throwsAsync(lookUpGke('projects/p/locations/l/clusters/c', options), {
    message:
      /^Cannot look up cluster "projects.*" at Google: denied; grant the account roles\/container.clusterViewer/,
  });
});
