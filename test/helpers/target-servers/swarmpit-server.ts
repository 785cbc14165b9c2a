import type { ExecutionContext } from 'ava';
import type { Digest } from '../../../shared/domain/names/digest.ts';
import { type Answering, serveRoutes } from '../forge-servers/serve-routes.ts';

type Task = { id: number; digest: Digest; state: string; desiredState: string; error: string | null };
type Settings = {
  readonly token: string;
  /** `registry/repository:tag`, as it is declared. */
  readonly image: string;
  readonly digest: Digest;
  /** What the registry says that a tag is. */
  readonly tags: Readonly<Record<string, Digest>>;
  /** A task with this digest ends at once. */
  readonly bad?: Digest;
};

const ID = 'vscp4hjnjk6hkqdj0gxo7j1a2';

/**
 * The part of Swarmpit's API that is about services, with the shapes of its mapper, over a Swarm of one service that
 * starts the new task first and pauses when it fails. Time passes there whenever tasks are asked for.
 * https://github.com/swarmpit/swarmpit/blob/master/src/clj/swarmpit/docker/engine/mapper/inbound.clj
 */
export async function serveSwarmpit(t: ExecutionContext, { token, image, digest, tags, bad }: Settings) {
  const state = {
    name: 'web',
    exists: true,
    image,
    digest,
    version: 10,
    forceUpdate: 0,
    replicas: 1 as number | null,
    labels: [] as { name: string; value: string }[],
    update: null as string | null,
    message: null as string | null,
    tasks: [{ id: 1, digest, state: 'running', desiredState: 'running', error: null }] as Task[],
  };

  const guarded =
    (answering: Answering): Answering =>
    (asked, names) =>
      asked.headers.authorization === `Bearer ${token}`
        ? answering(asked, names)
        : {
            status: 401,
            headers: { 'X-Backend-Server': 'swarmpit' },
            body: { error: 'Authentication failed' },
          };
  const known =
    (answering: Answering): Answering =>
    (asked, names) =>
      state.exists && names['id'] === ID
        ? answering(asked, names)
        : missing(`Docker error: service ${names['id']} not found`);

  function redeploy(tag: string) {
    const [name] = splitLast(state.image);
    const resolved = tags[tag];
    if (resolved === undefined) return missing('Registry error: manifest unknown');
    state.version++;
    state.forceUpdate++;
    Object.assign(state, { image: `${name}:${tag}`, digest: resolved, update: null, message: null });
    for (const task of state.tasks) if (task.state !== 'running') task.desiredState = 'shutdown';
    const [newest] = state.tasks;
    const id = (newest?.id ?? 0) + 1;
    state.tasks.unshift({ id, digest: resolved, state: 'preparing', desiredState: 'running', error: null });
    return { status: 202, body: '' };
  }

  /** One moment of Swarm's life. */
  function pass() {
    const next = state.tasks.find(task => task.state === 'preparing');
    if (next === undefined) {
      if (state.update === 'updating')
        Object.assign(state, { update: 'completed', message: 'update completed' });
      return;
    }
    if (state.update !== 'updating') {
      Object.assign(state, { update: 'updating', message: 'update in progress' });
      return;
    }
    if (next.digest === bad) {
      Object.assign(next, { state: 'failed', desiredState: 'shutdown', error: 'task: non-zero exit (7)' });
      const message = 'update paused due to failure or early termination of task 4ydzc5';
      Object.assign(state, { update: 'paused', message });
      return;
    }
    for (const task of state.tasks) {
      if (task.state === 'running') Object.assign(task, { state: 'shutdown', desiredState: 'shutdown' });
    }
    next.state = 'running';
  }

  function service() {
    const [name, tag] = splitLast(state.image);
    const well = state.tasks.filter(task => task.state === 'running').length;
    return {
      id: ID,
      version: state.version,
      createdAt: '2026-01-01T00:00:00.000000000Z',
      repository: { name, tag, image: state.image, imageDigest: state.digest },
      serviceName: state.name,
      mode: state.replicas === null ? 'global' : 'replicated',
      stack: null,
      replicas: state.replicas,
      state: well === state.replicas ? 'running' : 'not running',
      status: { info: `${well} / ${state.replicas}`, update: state.update, message: state.message },
      ports: [],
      labels: state.labels,
      deployment: { forceUpdate: state.forceUpdate, rollbackAllowed: true, autoredeploy: false },
    };
  }

  function tasks() {
    return state.tasks.map(({ id, digest: own, state: is, desiredState, error }) => ({
      id: `task${id}`,
      taskName: `${state.name}.1`,
      createdAt: `2026-01-01T00:00:${String(id).padStart(2, '0')}.000000000Z`,
      repository: { image: state.image, imageDigest: own },
      state: is,
      status: { error },
      desiredState,
      serviceName: state.name,
      nodeName: 'node-1',
    }));
  }

  const served = await serveRoutes(t, {
    routes: {
      'GET /api/services': guarded(() => ({ body: state.exists ? [service()] : [] })),
      'GET /api/tasks': guarded(() => ({ body: state.exists ? tasks() : [] })),
      'GET /api/services/:id/tasks': guarded(
        known(() => {
          const body = tasks();
          pass();
          return { body };
        }),
      ),
      'POST /api/services/:id/redeploy': guarded(
        known(({ url }) => redeploy(url.searchParams.get('tag') ?? splitLast(state.image)[1])),
      ),
    },
    fallback: missing('Not found'),
  });
  return { ...served, id: ID, state };
}

function missing(error: string) {
  return { status: 404, body: { error } };
}

/** As Swarmpit does it: at the last colon, wherever that is. */
function splitLast(image: string): [string, string] {
  const at = image.lastIndexOf(':');
  return at < 0 ? [image, ''] : [image.slice(0, at), image.slice(at + 1)];
}
