import test from 'ava';
import { z } from 'zod';
import { beginJob } from '../../shared/adapters/builders/kubernetes/build-job.ts';
import type { Call, Cluster } from '../../shared/adapters/kubernetes/cluster.ts';
import { ApiRefusal } from '../../shared/adapters/kubernetes/failures.ts';

const Owned = z.object({
  metadata: z.object({
    name: z.string(),
    ownerReferences: z.array(z.object({ name: z.string(), uid: z.string() })).default([]),
  }),
});
type Kept = { body: object; uid: string; status?: object };

/** The jobs and secrets of an API server that collects what a removed job owned only when it is told to. */
function createApiServer() {
  const kept = new Map<string, Kept>();
  let uids = 0;
  const refused = (status: number) => new ApiRefusal(status, 'refused');
  const ask = async ({ method, path, body }: Call): Promise<unknown> => {
    if (method === 'POST') {
      const { name } = Owned.parse(body).metadata;
      const at = `${path}/${name}`;
      if (kept.has(at)) throw refused(409);
      kept.set(at, { body: body as object, uid: `uid-${++uids}` });
      return shown(at);
    }
    if (!kept.has(path)) throw refused(404);
    if (method === 'DELETE') kept.delete(path);
    return shown(path);
  };
  const shown = (at: string) => {
    const found = kept.get(at);
    const metadata = { ...(found?.body as { metadata?: object })?.metadata, uid: found?.uid };
    return { ...found?.body, metadata, status: found?.status ?? {} };
  };
  const cluster: Cluster = { address: 'here', ask, read: async () => (async function* () {})() };
  return {
    cluster,
    fail: (path: string) => {
      const found = kept.get(path);
      if (found !== undefined)
        found.status = { conditions: [{ type: 'Failed', status: 'True', reason: '', message: '' }] };
    },
    /** What belongs to a job that is gone goes too. */
    collect() {
      const living = new Set([...kept.values()].map(({ uid }) => uid));
      for (const [at, { body }] of kept) {
        const owners = Owned.parse(body).metadata.ownerReferences;
        if (owners.some(({ uid }) => !living.has(uid))) kept.delete(at);
      }
    },
    secrets: () => [...kept.keys()].flatMap(path => path.split('/secrets/')[1] ?? []),
    pod: (path: string) => JSON.stringify(kept.get(path)?.body),
  };
}

const JOB = '/apis/batch/v1/namespaces/builds/jobs/headway-build-1';

const mounts = (job: string, secret: string) => job.includes(`"secretName":"${secret}"`);

function begin(server: ReturnType<typeof createApiServer>) {
  const image = { registry: 'ghcr.io', repository: 'acme/web', tag: 'c0ffee' };
  const order = { image, context: '/', dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0 };
  return beginJob({
    ...{ cluster: server.cluster, namespace: 'builds', name: 'headway-build-1', image: 'headway', order },
    sent: {
      reference: { ...image, digest: `sha256:${'0'.repeat(64)}` },
      bytes: 1,
      dockerfile: 'FROM scratch',
    },
    credentials: async () => undefined,
    ...{ environment: {}, insecure: [], nodeSelector: {}, deadline: 60_000 },
    signal: new AbortController().signal,
  });
}

test('a job that is made anew needs a secret that nobody collects with the job before it', async t => {
  const server = createApiServer();
  t.deepEqual(await begin(server), { isNew: true });
  const [first = ''] = server.secrets();
  t.true(mounts(server.pod(JOB), first));
  server.fail(JOB);
  t.deepEqual(await begin(server), { isNew: true });
  t.is(server.secrets().length, 2, 'that of the first is still there');
  server.collect();
  const [second = ''] = server.secrets();
  t.not(second, first);
  t.true(mounts(server.pod(JOB), second));
});

test('a job that is found has the secret that it was made for', async t => {
  const server = createApiServer();
  await begin(server);
  t.deepEqual(await begin(server), { isNew: false });
  t.is(server.secrets().length, 1);
  server.collect();
  t.is(server.secrets().length, 1);
});
