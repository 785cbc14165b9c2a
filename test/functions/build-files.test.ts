import test from 'ava';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { builds, promotions, tags } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import { call, callJson, sampleApi } from '../helpers/call-api.ts';

const [FIRST, SECOND, THIRD] = ['1234567890'.repeat(4), 'abcdef0123'.repeat(4), '0c0c0c0c0c'.repeat(4)];
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const at = '2030-02-01T12:00:00.000Z';

/** Three builds of an image; the second has files and packages, the third took its image over. */
async function openBuilds() {
  const { api, records, artifacts } = await sampleApi();
  const built = (commit: string, letter: string, its: Partial<Build> = {}): Build => ({
    ...{ image: 'lab', commit, repo: 'shop', status: 'succeeded', digest: digest(letter), requestedAt: at },
    ...{ steps: [], attempts: 0 },
    ...its,
  });
  const tag: Tag = {
    ...{ image: 'lab', tag: 'prod', candidates: [], attempted: [], sequence: 0, attempts: 0 },
    observed: { digest: digest('1'), at },
  };
  const image = {
    image: 'lab',
    repository: 'ghcr.io/acme/lab',
    digest: digest('2'),
    after: digest('2'),
  } as const;
  const promotion: Promotion = {
    ...{
      number: 90,
      by: 'Ada',
      at,
      from: 'x',
      to: '2030.1-stable',
      dryRun: false,
      phase: 'moved',
      attempts: 0,
    },
    images: [{ ...image, state: 'moved' }],
  };
  const folder = `builds/lab/${SECOND}`;
  const second = built(SECOND, '2', { branch: 'main', branchTag: '2030.1-main', results: folder });
  // Before the second by its key.
  const third = built(THIRD, '2', { carries: SECOND, results: folder });
  await records.transact([], () => ({
    result: undefined,
    writes: [
      ...[built(FIRST, '1'), second, third].map(build => put(builds, build)),
      put(tags, tag),
      put(promotions, promotion),
    ],
  }));
  await artifacts.put(`builds/lab/${THIRD}/artifacts/third.yaml`, 'success: true');
  await artifacts.put(`${folder}/artifacts/lab.yaml`, 'success: true');
  await artifacts.put(`${folder}/logs/lab.build.log`, 'Größe <script>alert(1)</script>\n');
  await artifacts.put(`${folder}/manifests/lab.md`, '# page');
  await artifacts.put(
    `${folder}/manifests/lab.packages.json`,
    JSON.stringify({ packages: [{ manager: 'pip', name: 'numpy', version: '1.26' }] }),
  );
  await artifacts.put('secret', 'of another');
  await artifacts.put(`builds/lab/${SECOND}0/logs/x`, 'of another build');
  return {
    read: (path: string) => callJson(api, `/api/v1/builds/lab/${path}`),
    file: (path: string) => call(api, `/api/v1/builds/lab/${path}`),
  };
}

test("a build's files are listed, and each is read as text that no browser takes for anything else", async t => {
  const { read, file } = await openBuilds();
  t.deepEqual((await read(`${SECOND}/files`)).json, {
    items: [
      { folder: 'artifacts', name: 'lab.yaml' },
      { folder: 'logs', name: 'lab.build.log' },
      { folder: 'manifests', name: 'lab.md' },
      { folder: 'manifests', name: 'lab.packages.json' },
    ],
  });
  t.deepEqual((await read(`${FIRST}/files`)).json, { items: [] });
  const { status, headers, body } = await file(`${SECOND}/files/logs/lab.build.log`);
  t.is(status, 200);
  t.is(Buffer.from(body as Uint8Array).toString(), 'Größe <script>alert(1)</script>\n');
  t.like(headers, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
});

test('of an image that was taken over there are its own result, and the logs and packages of whoever made it', async t => {
  const { read, file } = await openBuilds();
  t.deepEqual((await read(`${THIRD}/files`)).json, {
    items: [
      { folder: 'artifacts', name: 'third.yaml' },
      { folder: 'logs', name: 'lab.build.log' },
      { folder: 'manifests', name: 'lab.md' },
      { folder: 'manifests', name: 'lab.packages.json' },
    ],
  });
  t.is((await file(`${THIRD}/files/logs/lab.build.log`)).status, 200);
  t.like((await read(`${THIRD}/packages`)).json, { commit: THIRD, packages: [{ name: 'numpy' }] });
});

for (const path of [
  'logs/nothing',
  'logs/..%2f..%2f..%2fsecret',
  'logs/..',
  'logs/%2e%2e',
  'secrets/x',
  'logs/.drafts',
  'logs/a%2fb',
]) {
  test(`no file is read at ${path}`, async t => {
    const { status } = await (await openBuilds()).file(`${SECOND}/files/${path}`);
    t.true(status === 404 || status === 400, String(status));
  });
}

const finds = test.macro({
  exec: async (t, version: string, found: boolean) => {
    const { read } = await openBuilds();
    const { status, json } = await read(`${version}/packages`);
    if (found)
      t.deepEqual(json, {
        image: 'lab',
        commit: SECOND,
        packages: [{ manager: 'pip', name: 'numpy', version: '1.26' }],
      });
    else t.is(status, 404);
  },
  title: (what = '') => `packages are found by ${what}`,
});
test('a commit', finds, SECOND, true);
test('the beginning of a commit', finds, SECOND.slice(0, 7), true);
test('a digest', finds, digest('2'), true);
test('a tag that a promotion moved', finds, '2030.1-stable', true);
test('the tag of a branch', finds, '2030.1-main', true);
test('a tag that a rule moved, to a build without any', finds, 'prod', false);
test('nothing that is too short', finds, SECOND.slice(0, 6), false);
test('nothing that is not there', finds, '2030.1', false);

test('why there are no packages is said', async t => {
  const { json } = await (await openBuilds()).read('prod/packages');
  t.regex(
    json.detail,
    new RegExp(
      `^Cannot list the packages of lab at ${FIRST}: no list was kept; give the image info commands`,
    ),
  );
});
