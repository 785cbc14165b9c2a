import type { ExecutionContext } from 'ava';
import { type Answer, type Asked, type Served, serveRoutes } from '../forge-servers/serve-routes.ts';

type Traffic = { type: string; revision?: string; percent?: number; tag?: string };
type Template = { revision?: string; containers: { name?: string; image: string }[] };
type Revision = {
  name: string;
  image: string;
  containers: Template['containers'];
  createTime: string;
  ready?: string;
};

const PARENT = 'projects/acme/locations/europe-west1';
const LATEST = 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST';
const REVISION = 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION';

/**
 * One service of the Cloud Run Admin API v2, as its reference has it: a changed template makes a revision, an operation
 * follows it, a revision with a bad image fails, and traffic to the newest moves when that is ready.
 * https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
 */
export async function serveCloudRun(
  t: ExecutionContext,
  { image, isBad = () => false }: { readonly image: string; readonly isBad?: (image: string) => boolean },
) {
  const name = `${PARENT}/services/web`;
  const template: Template & Record<string, unknown> = {
    serviceAccount: 'web@acme.iam.gserviceaccount.com',
    timeout: '300s',
    containers: [{ image, ...{ env: [{ name: 'A', value: 'b' }], ports: [{ containerPort: 8080 }] } }],
  };
  const revisions: Revision[] = [];
  const operations = new Map<string, { looks: number; revision?: Revision }>();
  const state = {
    template,
    traffic: [{ type: LATEST, percent: 100 }] as Traffic[],
    trafficNow: [] as Traffic[],
    generation: 1,
    patches: [] as string[],
    exists: true,
  };
  const made = newRevision();
  settle(made);

  function newRevision(): Revision {
    const number = String(revisions.length + 1).padStart(5, '0');
    const revision = {
      name: `${name}/revisions/web-${number}-abc`,
      image: state.template.containers[0]?.image ?? '',
      containers: structuredClone(state.template.containers),
      createTime: `2026-01-01T00:00:00.${number}Z`,
    };
    revisions.push(revision);
    return revision;
  }

  function settle(revision: Revision): void {
    revision.ready = isBad(revision.image) ? 'CONDITION_FAILED' : 'CONDITION_SUCCEEDED';
    route();
  }

  function latestReady(): Revision | undefined {
    return revisions.findLast(({ ready }) => ready === 'CONDITION_SUCCEEDED');
  }

  function route(): void {
    state.trafficNow = state.traffic.map(one => ({ ...one }));
  }

  function message({ name: full, image: own }: Revision): string {
    return `Revision '${short(full)}' is not ready and cannot serve traffic. Image '${own}' not found.`;
  }

  function shown() {
    const newest = revisions.at(-1);
    const pending = newest?.ready === undefined;
    const failed = newest?.ready === 'CONDITION_FAILED';
    return {
      name,
      uid: '1',
      generation: String(state.generation),
      etag: `"${state.generation}"`,
      labels: { team: 'web' },
      template: state.template,
      traffic: state.traffic,
      trafficStatuses: state.trafficNow,
      latestCreatedRevision: newest?.name,
      latestReadyRevision: latestReady()?.name,
      reconciling: pending,
      terminalCondition: {
        type: 'Ready',
        state: pending ? 'CONDITION_RECONCILING' : failed ? 'CONDITION_FAILED' : 'CONDITION_SUCCEEDED',
        ...(failed && newest !== undefined && { message: message(newest), reason: 'REVISION_FAILED' }),
      },
      uri: 'https://web.run.app',
    };
  }

  function revisionShown({ ready, image: _, ...rest }: Revision) {
    const type = 'Ready';
    return { ...rest, service: 'web', conditions: [{ type, state: ready ?? 'CONDITION_RECONCILING' }] };
  }

  function patch({ url, body }: Asked): Answer {
    const asked = JSON.parse(body.toString('utf8'));
    const mask = url.searchParams.get('updateMask') ?? '';
    if (asked.etag !== `"${state.generation}"`) {
      return {
        status: 409,
        body: { error: { code: 409, status: 'ABORTED', message: 'Conflict for resource' } },
      };
    }
    state.patches.push(mask);
    state.generation++;
    const operation: { looks: number; revision?: Revision } = { looks: 0 };
    if (mask === 'traffic') {
      state.traffic = asked.traffic;
      route();
    }
    if (mask === 'template') {
      const changed = JSON.stringify(asked.template) !== JSON.stringify(state.template);
      state.template = asked.template;
      if (changed || url.searchParams.has('forceNewRevision')) operation.revision = newRevision();
    }
    const id = `${PARENT}/operations/${operations.size + 1}`;
    operations.set(id, operation);
    return { body: { name: id, done: false } };
  }

  function follow(id: string): Answer {
    const operation = operations.get(id);
    if (operation === undefined) return missing();
    operation.looks++;
    if (operation.looks < 2) return { body: { name: id, done: false } };
    const { revision } = operation;
    if (revision?.ready === undefined && revision !== undefined) settle(revision);
    const failed =
      revision?.ready === 'CONDITION_FAILED' ? { code: 9, message: message(revision) } : undefined;
    return { body: { name: id, done: true, ...(failed ? { error: failed } : { response: shown() }) } };
  }

  const isAllowed = ({ headers }: Asked) => headers.authorization === 'Bearer good-token';
  const served: Served = await serveRoutes(t, {
    routes: {
      [`GET /v2/${PARENT}/services`]: () => ({ body: { services: state.exists ? [shown()] : [] } }),
      [`GET /v2/${PARENT}/services/:service`]: (_, { service }) =>
        service === 'web' && state.exists ? { body: shown() } : missing(),
      [`PATCH /v2/${PARENT}/services/web`]: patch,
      [`GET /v2/${PARENT}/services/web/revisions`]: () => ({
        body: { revisions: revisions.map(revisionShown) },
      }),
      [`GET /v2/${PARENT}/services/web/revisions/:revision`]: (_, { revision }) => {
        const found = revisions.find(one => short(one.name) === revision);
        return found === undefined ? missing() : { body: revisionShown(found) };
      },
      [`GET /v2/${PARENT}/operations/:id`]: (_, { id }) => follow(`${PARENT}/operations/${id}`),
    },
    fallback: missing(),
  });
  served.before(one => (isAllowed(one) ? undefined : denied()));
  return {
    ...served,
    state,
    revisions,
    /** What answers requests now, as far as the traffic goes. */
    serving(): string | undefined {
      const [first] = state.trafficNow.filter(({ percent = 0 }) => percent > 0);
      if (first?.type !== REVISION) return latestReady()?.image;
      return revisions.find(one => short(one.name) === first.revision)?.image;
    },
    pinTo: (revision: string) => {
      state.traffic = [
        { type: REVISION, revision, percent: 100 },
        { type: LATEST, percent: 0, tag: 'next' },
      ];
      route();
    },
    split: () => {
      state.traffic = [
        { type: LATEST, percent: 90 },
        { type: REVISION, revision: 'web-00001-abc', percent: 10 },
      ];
      route();
    },
  };
}

function short(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function missing(): Answer {
  return { status: 404, body: { error: { code: 404, status: 'NOT_FOUND', message: 'Resource not found' } } };
}

function denied(): Answer {
  const message = 'Request had invalid authentication credentials.';
  return { status: 401, body: { error: { code: 401, status: 'UNAUTHENTICATED', message } } };
}
