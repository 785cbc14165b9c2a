import test, { type ExecutionContext } from 'ava';
import { createCloudArtifacts } from '../../shared/adapters/artifacts/cloud-storage.ts';
import {
  type CloudBuildOptions,
  createCloudBuildBuilder,
} from '../../shared/adapters/builders/cloud-build/cloud-build-builder.ts';
import { parseCloudBuild } from '../../shared/domain/deliveries/parse-cloud-build.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { BuildFailure, type BuildOrder } from '../../shared/ports/builder.ts';
import { buildContext } from '../helpers/build-context.ts';
import { serveRoutes } from '../helpers/forge-servers/serve-routes.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { type Life, serveCloudBuild } from '../helpers/target-servers/cloud-build-server.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');
const IMAGE = `europe-docker.pkg.dev/acme/shop/web:${COMMIT}`;
const KEPT = { mediaType: '', bytes: new Uint8Array() };
const token = async () => 'google-token';

test('an order becomes a build of its source, and ends with the digest that was pushed', async t => {
  const place = await openPlace(t);
  const { digest } = await place.build({
    args: { BASE: 'ghcr.io/acme/base@sha256:1', PRICE: '5$' },
    labels: { commit: COMMIT },
    cacheFrom: [{ registry: 'ghcr.io', repository: 'acme/web', tag: 'stable' }],
    platform: 'linux/arm64',
  });
  t.is(digest, place.cloud.digest);
  const [build] = place.cloud.builds;
  t.like(build, {
    images: [IMAGE],
    timeout: '600s',
    serviceAccount: 'projects/acme/serviceAccounts/builder@acme.iam.gserviceaccount.com',
    options: { logging: 'CLOUD_LOGGING_ONLY', machineType: 'E2_HIGHCPU_8' },
  });
  const [step] = JSON.parse(String(place.cloud.asked.find(({ method }) => method === 'POST')?.body)).steps;
  t.deepEqual(step.args, [
    'build',
    `--tag=${IMAGE}`,
    '--file=Dockerfile',
    '--build-arg=BASE=ghcr.io/acme/base@sha256:1',
    '--build-arg=PRICE=5$$',
    `--label=commit=${COMMIT}`,
    '--platform=linux/arm64',
    '--cache-from=ghcr.io/acme/web:stable',
    '.',
  ]);
  t.deepEqual(build?.tags.slice(1), [`headway-acme-shop-web-${COMMIT}`]);
  const [object] = place.objects.keys();
  t.like(build, { source: { storageSource: { bucket: 'sources', object } } });
  t.deepEqual(place.lines.slice(-1), ['Cloud Build: SUCCESS, build SUCCESS']);
  t.deepEqual(place.counts.at(-1), ['build', 2, 2]);
  t.true(place.cloud.asked.every(({ headers }) => headers.authorization === 'Bearer google-token'));
});

test("Cloud Build's own notice of such a build says the same of the same commit", async t => {
  const place = await openPlace(t);
  const { digest } = await place.build();
  t.like(parseCloudBuild(JSON.stringify(place.cloud.builds[0])), [
    { image: { repository: 'acme/shop/web', tag: COMMIT }, status: 'succeeded', digest },
  ]);
});

test('a build that headway left in the middle is followed, and one that ended meanwhile is taken', async t => {
  const place = await openPlace(t);
  const crash = new AbortController();
  place.cloud.before(({ method }) => (method === 'POST' && crash.signal.aborted ? 'break' : undefined));
  const gone = place.build(
    {},
    { signal: crash.signal, output: line => line.startsWith('Began') && crash.abort() },
  );
  await t.throwsAsync(gone, { any: true });
  place.cloud.before(() => undefined);
  t.is(place.cloud.builds[0]?.status, 'QUEUED');
  await place.build();
  await place.build();
  t.is(place.cloud.builds.length, 1);
  t.is(
    place.lines.filter(line => line.startsWith(`Found Cloud Build ${place.cloud.builds[0]?.id}`)).length,
    2,
  );
  t.is(place.objects.size, 1);
  await place.build({ args: { OTHER: 'order' } });
  t.is(place.cloud.builds.length, 2);
  place.forget();
  await place.build();
  t.is(place.cloud.builds.length, 3);
  await place.build({ request: 'a person wants it anew' });
  t.is(place.cloud.builds.length, 4);
});

test('a build that was begun twice, since an answer was lost, is followed once', async t => {
  const place = await openPlace(t);
  let creates = 0;
  place.cloud.before(async ({ method, url, body, headers }) => {
    if (method !== 'POST' || creates++ > 0) return undefined;
    await fetch(url, {
      method,
      body: new Uint8Array(body),
      headers: { authorization: headers.authorization ?? '' },
    });
    return 'break';
  });
  await place.build();
  t.deepEqual(
    place.cloud.builds.map(({ status }) => status),
    ['SUCCESS', 'CANCELLED'],
  );
});

test('an abort cancels the build', async t => {
  const place = await openPlace(t, [{ status: 'WORKING' }]);
  const stop = new AbortController();
  const output = (line: string) => line.includes('WORKING') && stop.abort(new Error('superseded'));
  await t.throwsAsync(place.build({}, { signal: stop.signal, output }), { message: 'superseded' });
  t.is(place.cloud.builds[0]?.status, 'CANCELLED');
});

test('only secrets of Secret Manager are used, and by their names', async t => {
  const place = await openPlace(t);
  await place.build({ secrets: { NPM_TOKEN: 'open-sesame' } });
  const sent = String(place.cloud.asked.find(({ method }) => method === 'POST')?.body);
  t.false(sent.includes('open-sesame'));
  t.like(JSON.parse(sent), {
    availableSecrets: {
      secretManager: [{ versionName: 'projects/acme/secrets/npm/versions/latest', env: 'NPM_TOKEN' }],
    },
    steps: [{ secretEnv: ['NPM_TOKEN'] }],
  });
  t.true(JSON.parse(sent).steps[0].args.includes('--secret=id=NPM_TOKEN,env=NPM_TOKEN'));
  await t.throwsAsync(place.build({ secrets: { OTHER: 'x' } }), {
    instanceOf: BuildFailure,
    message: /^Cannot build with secret "OTHER": Cloud Build takes only what Secret Manager has/,
  });
});

const broken = [{ id: 'build', status: 'FAILURE' }];
const ends: readonly (readonly [title: string, last: Life[number], final: boolean, message: RegExp])[] = [
  [
    'a step that fails',
    { status: 'FAILURE', steps: broken, failureInfo: { type: 'USER_BUILD_STEP', detail: 'exit status 1' } },
    true,
    /^Cloud Build 0\S+: the build failed in step "build": exit status 1; its log is at https:/,
  ],
  ['a timeout', { status: 'TIMEOUT' }, true, /took longer than the timeout of its builder/],
  [
    'a push that fails',
    { status: 'FAILURE', failureInfo: { type: 'PUSH_FAILED', detail: 'denied' } },
    false,
    /the build failed: denied/,
  ],
  ['an error of Cloud Build', { status: 'INTERNAL_ERROR' }, false, /Cloud Build itself failed/],
  ['no free worker', { status: 'EXPIRED' }, false, /waited for a worker/],
  ['a person who cancels', { status: 'CANCELLED' }, false, /somebody cancelled/],
];
for (const [title, last, final, message] of ends) {
  test(`${title} is a sentence, and ${final ? 'no repeat mends it' : 'may pass by itself'}`, async t => {
    const place = await openPlace(t, [{ status: 'WORKING' }, last]);
    const error = await t.throwsAsync(place.build(), { message });
    t.is(error instanceof BuildFailure, final);
  });
}

test('who may not build is told which role is missing', async t => {
  const place = await openPlace(t);
  const error = { code: 403, message: 'The caller does not have permission', status: 'PERMISSION_DENIED' };
  place.cloud.before(() => ({ status: 403, body: { error } }));
  await t.throwsAsync(place.build(), {
    instanceOf: PermanentError,
    message: /answered 403 .*; grant its account roles\/cloudbuild.builds.editor in project "acme"/,
  });
});

/** Cloud Build, a bucket for the sources, and a builder that uses both. */
async function openPlace(t: ExecutionContext, life?: Life) {
  const cloud = await serveCloudBuild(t, life);
  const objects = new Map<string, Buffer>();
  const storage = await serveRoutes(t, {
    fallback: { status: 404, body: 'No such object' },
    routes: {
      'POST /upload/storage/v1/b/:bucket/o': ({ url, body }) => {
        objects.set(url.searchParams.get('name') ?? '', body);
        return { body: { name: url.searchParams.get('name') } };
      },
    },
  });
  const temporary = await temporaryFolder(t);
  const context = await buildContext(t, { Dockerfile: 'FROM scratch\nCOPY a /a\n', a: 'a' });
  let isKept = true;
  const lines: string[] = [];
  const counts: [string, number, number][] = [];
  const options: CloudBuildOptions = {
    project: 'acme',
    region: 'europe-west1',
    endpoint: cloud.origin,
    token,
    bucket: 'sources',
    sources: createCloudArtifacts({ bucket: 'sources', token, url: storage.origin }),
    store: {
      manifest: async ({ digest }) => (digest === cloud.digest && isKept ? { ...KEPT, digest } : undefined),
    },
    secretVersion: (_, name) =>
      name === 'NPM_TOKEN' ? 'projects/acme/secrets/npm/versions/latest' : undefined,
    machineType: 'E2_HIGHCPU_8',
    serviceAccount: 'projects/acme/serviceAccounts/builder@acme.iam.gserviceaccount.com',
    timeout: 600_000,
    temporary,
    lookAgain: { first: 1, most: 5 },
  };
  const order: BuildOrder = {
    image: { registry: 'europe-docker.pkg.dev', repository: 'acme/shop/web', tag: COMMIT },
    context,
    dockerfile: 'Dockerfile',
    args: {},
    labels: {},
    epoch: 0,
  };
  type How = { readonly signal?: AbortSignal; readonly output?: (line: string) => unknown };
  return {
    cloud,
    /** The registry forgets what was pushed. */
    forget: () => {
      isKept = false;
    },
    objects,
    lines,
    counts,
    build: (other: Partial<BuildOrder> = {}, { signal = AbortSignal.timeout(30_000), output }: How = {}) =>
      createCloudBuildBuilder(options).build(
        { ...order, ...other },
        {
          output: line => {
            lines.push(line);
            output?.(line);
          },
          progress: (...count) => counts.push(count),
        },
        signal,
      ),
  };
}
