import test from 'ava';
import { z } from 'zod';
import { apiRoutes } from '../../functions/api/handler.ts';
import { call, callJson, sampleApi, TOKEN } from '../helpers/call-api.ts';
import { sampleCommits, sampleConfiguration, sampleDigest } from '../helpers/sample-state.ts';
import { silentLog } from '../helpers/silent-log.ts';

const sha = sampleCommits[2];
/** One call for each operation, by its id. */
const CALLS: Readonly<Record<string, string>> = {
  readStatus: '/status',
  readMatrix: '/matrix?limit=3',
  listDeliveries: '/deliveries?source=github',
  readDeliveries: '/deliveries/github/{id}',
  listCommits: '/commits?repo=shop',
  readCommits: `/commits/shop/${sha}`,
  listBranches: '/branches',
  readBranches: '/branches/shop/main',
  listBuilds: `/builds?commit=${sampleCommits[3]}`,
  readBuilds: `/builds/api/${sampleCommits[3]}`,
  listTags: '/tags?image=web',
  readTags: '/tags/web/prod',
  listMoves: '/moves?limit=200',
  readMoves: '/moves/web/prod/1',
  listServices: '/services',
  readServices: '/services/manifests/backend',
  listDeploys: `/deploys?commit=${sha}`,
  readDeploys: '/deploys/local/web/1',
  listPoison: '/poison',
  readPoison: '/poison/p1',
  readTimeline: `/commits/shop/${sha}/timeline`,
  explainService: '/services/manifests/backend/why',
  explainServiceByName: '/services/api/why',
  streamEvents: '/events',
  replayDelivery: '/deliveries/github/{id}/replay',
  replayPoison: '/poison/p1/replay',
  listPromotions: '/promotions?limit=1',
  readPromotions: '/promotions/1',
  promote: '/promotions',
  undoPromotion: '/promotions/1/undo',
  approveGate: '/promotions/2/gates/staff/approve',
  refuseGate: '/promotions/2/gates/staff/refuse',
  approveTagGate: '/tags/web/prod/gates/staff/approve',
  refuseTagGate: '/tags/web/prod/gates/staff/refuse',
  askGate: '/gates/gpu/ask',
  listGates: '/gates?image=web',
  readGates: `/gates/web/${sampleDigest('web', 3)}/gpu`,
  holdService: '/services/manifests/backend/hold',
  releaseService: '/services/manifests/backend/release',
  rollBackService: '/services/manifests/backend/rollback',
  rollBackTag: '/tags/web/prod/rollback',
  releaseTag: '/tags/web/prod/release',
  acceptCommit: '/tags/web/prod/accept',
  listHolds: '/holds?state=standing',
  readHolds: '/holds/1',
  hold: '/holds',
  releaseHold: '/holds/1/release',
  compareCandidate: `/tags/web/prod/candidates/${sampleCommits[3]}`,
  readSurvey: '/smart-redeploy',
  smartRedeploy: '/smart-redeploy?dryRun=true',
  listBuildFiles: `/builds/api/${sampleCommits[3]}/files`,
  readBuildFile: `/builds/api/${sampleCommits[3]}/files/logs/api.build.log`,
  readQueue: '/queue',
  pauseQueue: '/queue/pause',
  resumeQueue: '/queue/resume',
  cancelBuild: `/builds/api/${sampleCommits[3]}/cancel`,
  retryBuild: `/builds/api/${sampleCommits[3]}/retry`,
  moveBuild: `/builds/api/${sampleCommits[3]}/move`,
  listBuildPackages: `/builds/api/${sampleCommits[3]}/packages`,
  readOpenApi: '/openapi.json',
};

/** What is sent with those that take something. */
const BODIES: Readonly<Record<string, object>> = {
  promote: { from: '2030.1-a1239a', images: ['web'], by: 'Ada' },
  undoPromotion: { by: 'Ada' },
  approveGate: { by: 'Ada' },
  refuseGate: { by: 'Grace', why: 'it is Friday' },
  approveTagGate: { by: 'Ada', commit: sampleCommits[3] ?? '' },
  refuseTagGate: { by: 'Grace', commit: sampleCommits[3] ?? '' },
  askGate: { by: 'Ada', image: 'web', version: sampleDigest('web', 3) },
  holdService: { by: 'Ada', why: 'a talk' },
  releaseService: { by: 'Ada' },
  rollBackService: { by: 'Ada', why: 'it is slow' },
  rollBackTag: { by: 'Ada', why: 'it is slow' },
  releaseTag: { by: 'Ada' },
  hold: { by: 'Ada', why: 'a talk', scope: { kind: 'everything' } },
  releaseHold: { by: 'Ada' },
  pauseQueue: { by: 'Ada', why: 'the disk is full' },
  resumeQueue: { by: 'Ada' },
  cancelBuild: { by: 'Ada', why: 'a typo' },
  retryBuild: { by: 'Ada' },
  moveBuild: { by: 'Ada', to: 'first' },
  acceptCommit: { by: 'Ada', commit: sampleCommits[3] ?? '' },
};

type Operation = {
  readonly operationId: string;
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: object }[];
  readonly responses: Readonly<Record<string, { content: Record<string, { schema: { $ref: string } }> }>>;
  readonly security: readonly object[];
};
type Description = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

async function described() {
  const sample = await sampleApi();
  const { json } = await callJson(sample.api, '/api/v1/openapi.json');
  const { paths, components } = json as Description;
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })),
  );
  return { ...sample, description: json as Description, operations, components };
}

test('the description names every route, and its parameters', async t => {
  const { operations, documents: _, ...sample } = await described();
  const routes = apiRoutes({
    records: sample.records,
    artifacts: sample.artifacts,
    configuration: sampleConfiguration,
    hints: { publish: async () => {}, listen: () => async () => {} },
    clock: { now: () => 0 },
    log: silentLog,
    version: '1.2.3',
    survey: () => Promise.reject(new Error('not here')),
  });
  const of = (method: string, path: string) => `${method.toUpperCase()} ${path}`;
  t.deepEqual(
    operations.map(({ method, path }) => of(method, path)).toSorted(),
    routes.map(({ method, path }) => of(method, `/api/v1${path}`)).toSorted(),
  );
  t.deepEqual(operations.map(({ operationId }) => operationId).toSorted(), Object.keys(CALLS).toSorted());
  for (const { path, parameters } of operations) {
    const inPath = parameters.filter(parameter => parameter.in === 'path');
    t.deepEqual(inPath.map(({ name }) => `{${name}}`).toSorted(), (path.match(/\{\w+\}/g) ?? []).toSorted());
    t.true(inPath.every(({ required }) => required));
  }
});

test('the description is whole: every reference leads somewhere, and changing asks for the token', async t => {
  const { description, operations } = await described();
  t.is(description.openapi, '3.1.1');
  for (const reference of JSON.stringify(description).matchAll(/"\$ref":"([^"]+)"/g)) {
    const name = reference[1]?.replace('#/components/schemas/', '') ?? '';
    t.true(Object.hasOwn(description.components.schemas, name), name);
  }
  const changing = operations.filter(({ method }) => method !== 'get');
  t.true(changing.length > 0);
  for (const { security } of changing) t.deepEqual(security, [{ token: [] }]);
});

test('every answer is as the description says', async t => {
  const { api, operations, components, artifacts } = await described();
  const folder = `builds/api/${sampleCommits[3]}`;
  await artifacts.put(`${folder}/logs/api.build.log`, 'Step 1/1 : FROM scratch\n');
  await artifacts.put(`${folder}/manifests/api.packages.json`, '{"packages":[]}');
  const { json } = await callJson(api, '/api/v1/deliveries?limit=1&source=github');
  for (const { operationId, method, responses, path } of operations) {
    const target = `/api/v1${CALLS[operationId]}`.replace('{id}', json.items[0].id);
    const headers = { authorization: `Bearer ${TOKEN}` };
    const {
      status,
      body,
      headers: answered = {},
    } = await call(api, target, { method: method.toUpperCase(), headers, ...withBody(operationId) });
    const said = responses[String(status)]?.content;
    const type = answered['content-type'] ?? '';
    t.truthy(said?.[type], `${method} ${path} answered ${status} ${type}`);
    if (typeof body !== 'string') continue;
    const checked = schemaAt(said?.[type]?.schema.$ref ?? '', components).safeParse(JSON.parse(body));
    t.true(checked.success, `${operationId}: ${checked.error?.message}`);
  }
});

test('every problem is as the description says', async t => {
  const { api, components } = await described();
  for (const target of ['/api/v1/builds?limit=0', '/api/v1/nothing', '/api/v1/services/nothing/why']) {
    const { json } = await callJson(api, target);
    t.true(schemaAt('#/components/schemas/Problem', components).safeParse(json).success);
  }
});

function withBody(operationId: string) {
  const body = BODIES[operationId];
  return body === undefined ? {} : { body };
}

/** A check made from the description alone. */
function schemaAt($ref: string, { schemas }: Description['components']): z.ZodType {
  const text = JSON.stringify({ $ref, $defs: schemas }).replaceAll('#/components/schemas/', '#/$defs/');
  return z.fromJSONSchema(JSON.parse(text));
}
