import test from 'ava';
import { deliveryFromMessage } from '../../shared/domain/deliveries/from-message.ts';
import { parseArtifactRegistry } from '../../shared/domain/deliveries/parse-artifact-registry.ts';
import { parseCloudBuild, trimCloudBuild } from '../../shared/domain/deliveries/parse-cloud-build.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { settleNotice } from '../../shared/domain/notices/settle-notice.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';

const COMMIT = '8c2b7e4f6a1d3059c8b7a6e5d4f3c2b1a0918273';
const OTHER = '1f0c5a7d9b3e4628a1c0d5e6f7089a1b2c3d4e5f';
const DIGEST = `sha256:${'5b'.repeat(32)}`;
const WEB = 'europe-docker.pkg.dev/acme/shop/web';
const web = { registry: 'europe-docker.pkg.dev', repository: 'acme/shop/web' };

const pushes = test.macro({
  exec(t, message: object, expected: ReturnType<typeof parseArtifactRegistry>) {
    t.deepEqual(parseArtifactRegistry(JSON.stringify(message)), expected);
  },
  title: (name = '') => `parseArtifactRegistry() ${name}`,
});
const pushed = { image: { ...web, tag: COMMIT }, digest: DIGEST };
const INSERT = { action: 'INSERT', digest: `${WEB}@${DIGEST}`, tag: `${WEB}:${COMMIT}` };

test('reads a tag that was pushed, with its digest', pushes, INSERT, [pushed]);
test('reads a push without a digest', pushes, { ...INSERT, digest: undefined }, [{ image: pushed.image }]);
test('takes no digest of another image', pushes, { ...INSERT, digest: `${WEB}2@${DIGEST}` }, [
  { image: pushed.image },
]);
test('leaves out an image without a tag', pushes, { ...INSERT, tag: undefined }, []);
test('leaves out a deletion', pushes, { ...INSERT, action: 'DELETE' }, []);
test('leaves out a name without a tag in it', pushes, { ...INSERT, tag: WEB }, []);
test('leaves out a project of a domain', pushes, { ...INSERT, tag: 'gcr.io/acme.example:shop/web:prod' }, []);
test('parseArtifactRegistry() refuses what is no notification', t => {
  const error = t.throws(() => parseArtifactRegistry('{"action":"PUSH"}'), { instanceOf: PermanentError });
  t.regex(error?.message ?? '', /^Cannot read the registry notification: action: /);
});

/** As Cloud Build sends it, shortened; the steps hold what must not be kept. */
const BUILD = {
  id: '4d8a1c02-7a1b-4f3f-9d0e-6f1f6f6f0a11',
  projectId: 'acme',
  status: 'SUCCESS',
  createTime: '2026-02-11T09:13:58.123456789Z',
  startTime: '2026-02-11T09:14:02.987654321Z',
  finishTime: '2026-02-11T09:16:40.000000Z',
  steps: [{ name: 'gcr.io/cloud-builders/docker', env: ['NPM_TOKEN=do-not-keep-me'], status: 'SUCCESS' }],
  images: [`${WEB}:${COMMIT}`],
  results: { images: [{ name: `${WEB}:${COMMIT}`, digest: DIGEST, pushTiming: {} }], buildStepImages: [''] },
  substitutions: {
    COMMIT_SHA: COMMIT,
    BRANCH_NAME: 'main',
    REPO_NAME: 'acme-shop',
    _PASSWORD: 'do-not-keep-me',
  },
  source: { gitSource: { url: 'https://github.com/acme/shop.git', revision: COMMIT } },
  logUrl: 'https://console.cloud.google.com/cloud-build/builds/4d8a1c02',
};
const notices = (change: object) => parseCloudBuild(JSON.stringify({ ...BUILD, ...change }));
const tagged = (tag: string, digest = DIGEST) => ({ name: `${WEB}${tag && ':'}${tag}`, digest });
const results = (...images: object[]) => ({ results: { images } });

test('parseCloudBuild() reads a build that succeeded', t => {
  t.deepEqual(notices({}), [
    {
      image: { ...web, tag: COMMIT },
      status: 'succeeded',
      digest: DIGEST,
      buildId: BUILD.id,
      repo: 'https://github.com/acme/shop.git',
      branch: 'main',
      startedAt: '2026-02-11T09:14:02.987Z',
    },
  ]);
});

const statuses = test.macro({
  exec(t, status: string, expected: string | undefined, message?: string) {
    const [notice, ...more] = notices({ status, ...(status !== 'SUCCESS' && { results: undefined }) });
    t.is(notice?.status, expected as 'failed');
    t.is(notice?.message, message);
    t.is(notice?.image.tag, expected && COMMIT);
    t.deepEqual(more, []);
  },
  title: (_, status) => `parseCloudBuild() knows what ${status} means`,
});
test(statuses, 'STATUS_UNKNOWN', undefined);
for (const status of ['PENDING', 'QUEUED', 'WORKING']) test(statuses, status, 'building');
test(statuses, 'SUCCESS', 'succeeded');
test(statuses, 'FAILURE', 'failed', 'a step of the build failed');
test(statuses, 'INTERNAL_ERROR', 'failed', 'Cloud Build itself failed');
test(statuses, 'TIMEOUT', 'failed', 'the build took longer than it may');
test(statuses, 'CANCELLED', 'failed', 'the build was cancelled');
test(statuses, 'EXPIRED', 'failed', 'the build waited longer than it may');

const tags = test.macro({
  exec(t, change: object, expected: readonly string[]) {
    t.deepEqual(
      notices(change).map(({ image }) => image.tag),
      expected,
    );
  },
  title: (name = '') => `parseCloudBuild() ${name}`,
});
const byHand = { substitutions: undefined };
test('takes the commit from the trigger', tags, results(tagged('v7')), [COMMIT, 'v7']);
test('tells each tag that was pushed', tags, results(tagged(COMMIT), tagged('prod'), tagged('')), [
  COMMIT,
  'prod',
  'latest',
]);
test(
  'takes the digest under the commit from among several',
  tags,
  results(tagged('arm', `sha256:${'a'.repeat(64)}`), tagged(COMMIT)),
  [COMMIT, 'arm'],
);
test(
  'tells no commit of several digests',
  tags,
  results(tagged('arm', `sha256:${'a'.repeat(64)}`), tagged('amd')),
  ['arm', 'amd'],
);
test(
  'takes the tag as the commit without a trigger',
  tags,
  { ...byHand, ...results(tagged(OTHER), tagged('v7')) },
  [OTHER, 'v7'],
);
test('tells of no tags while it works', tags, { ...byHand, status: 'WORKING', images: [`${WEB}:v7`] }, []);
test('leaves out names that are none', tags, { status: 'WORKING', images: ['gcr.io/a:b/c:d', '$_NAME'] }, []);
test('says nothing of a build without images', tags, { images: undefined, results: {} }, []);

test('parseCloudBuild() repeats what Cloud Build says of a failure', t => {
  const failed = { status: 'FAILURE', statusDetail: 'step 1', failureInfo: { detail: 'exited with 2' } };
  t.is(notices(failed)[0]?.message, 'exited with 2');
  t.is(notices({ ...failed, failureInfo: {} })[0]?.message, 'step 1');
});

test('parseCloudBuild() refuses what is no build', t => {
  const error = t.throws(() => notices({ id: '', status: 'PAUSED' }), { instanceOf: PermanentError });
  t.regex(error?.message ?? '', /^Cannot read the Cloud Build notice: id: .*; status: /);
});

test('trimCloudBuild() keeps all that is read, and nothing else', t => {
  const { body, status } = trimCloudBuild(JSON.stringify(BUILD));
  t.is(status, 'SUCCESS');
  t.deepEqual(parseCloudBuild(body), notices({}));
  t.notRegex(body, /do-not-keep-me/);
});

/** Settles notices of the build's statuses one after another; gives the record after each. */
function settled(order: readonly string[]): Build[] {
  const records: Build[] = [];
  for (const [now, status] of order.entries()) {
    const [fact] = notices({ status, ...(status !== 'SUCCESS' && { results: undefined }) });
    if (fact === undefined) throw new Error(`There is no notice of ${status}`);
    const { message = '', ...notice } = { ...fact, image: 'web', commit: COMMIT };
    const found = { build: records.at(-1), tags: [], children: [] };
    const build = settleNotice(found, notice, { repo: 'shop', now, message }).build ?? found.build;
    if (build !== undefined) records.push(build);
  }
  return records;
}

const orders = test.macro({
  exec(t, end: string, expected: Build['status']) {
    for (const order of permutations(['QUEUED', 'WORKING', end, end])) {
      const working = (status: string) => (status === 'building' ? 'building' : expected);
      t.deepEqual(
        settled(order).map(({ status }) => status),
        order.map((_, i) => working(order.slice(0, i + 1).includes(end) ? end : 'building')),
        order.join(),
      );
      t.is(settled(order).at(-1)?.digest, expected === 'succeeded' ? DIGEST : undefined);
    }
  },
  title: (_, end) => `a build that ends with ${end} never goes back to working, in any order of its notices`,
});
test(orders, 'SUCCESS', 'succeeded');
for (const end of ['FAILURE', 'TIMEOUT', 'CANCELLED', 'EXPIRED', 'INTERNAL_ERROR'])
  test(orders, end, 'failed');

const its = { now: Date.parse('2026-02-11T09:17:00Z'), keepFor: 60_000, redact: (text: string) => text };

test('deliveryFromMessage() makes a delivery that is due, under the id of the message', t => {
  const message = { id: '136969346945', data: JSON.stringify(BUILD) };
  t.like(deliveryFromMessage(message, { ...its, kind: 'cloud-build' }), {
    source: 'cloud-build',
    id: '136969346945',
    event: 'SUCCESS',
    topic: 'notices',
    status: 'waiting',
    due: '2026-02-11T09:17:00.000Z',
    expireAt: '2026-02-11T09:18:00.000Z',
    body: trimCloudBuild(message.data).body,
  });
});

test('deliveryFromMessage() settles at once what asks for nothing, and keeps no secret', t => {
  const data = JSON.stringify({ ...INSERT, action: 'DELETE', tag: `${WEB}:hush-hush` });
  const redact = (text: string) => text.replaceAll('hush-hush', '***');
  const delivery = deliveryFromMessage({ id: '7', data }, { ...its, redact, kind: 'artifact-registry' });
  t.like(delivery, { status: 'ignored', outcome: 'no tag was pushed: nothing to do', due: undefined });
  t.notRegex(JSON.stringify(delivery), /hush-hush/);
});

test('deliveryFromMessage() refuses a message that is not what its topic carries', t => {
  t.throws(() => deliveryFromMessage({ id: '7', data: 'x' }, { ...its, kind: 'notices' }), {
    instanceOf: PermanentError,
    message: 'Cannot read the build notice: the body is not JSON',
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map(rest => [item, ...rest]));
}
