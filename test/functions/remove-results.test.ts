import test from 'ava';
import { removeResults } from '../../functions/smart-redeploy/remove-results.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { builds, type Collection, promotions, services, tags } from '../../shared/records/collections.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords, put, refTo } from '../../shared/records/records.ts';
import { aService, aTag, at, digest, NOW, sha, standingOn } from '../helpers/a-document.ts';
import { createMemoryArtifacts } from '../helpers/memory-artifacts.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

const DAY = 86_400;
const folderOf = (commit: string, image = 'web') => `builds/${image}/${sha(commit)}`;

/** A good build, asked for so many days ago, with its results. */
function built(commit: string, days: number, more: Partial<Build> = {}): Build {
  const then = at(-days * DAY);
  const { image = 'web' } = more;
  return {
    ...{ image, commit: sha(commit), repo: 'shop', status: 'succeeded', steps: [], attempts: 0 },
    ...{ digest: digest(commit), requestedAt: then, endedAt: then, keptAt: then },
    results: folderOf(commit, image),
    ...more,
  };
}

/** Builds with a file each, and what is said of them; `left` tells whose files are there after so many calls. */
async function place(all: readonly Build[]) {
  const records = createRecords(createMemoryDocuments({ queries }));
  const artifacts = createMemoryArtifacts();
  const clock = { time: NOW, now: () => clock.time };
  const configuration = ConfigurationShape.parse({ keep: { results: '90d' } });
  const store = <T>(collection: Collection<T>, ...documents: T[]) =>
    records.transact([], () => ({ result: undefined, writes: documents.map(each => put(collection, each)) }));
  await store(builds, ...all);
  for (const { image, commit } of all) await artifacts.put(`builds/${image}/${commit}/logs/run.log`, 'fine');
  return {
    store,
    clock,
    get: (commit: string) => records.get(refTo(builds, 'web', sha(commit))),
    call: () => removeResults({ records, artifacts, configuration, clock, log }),
    async left() {
      const paths = await artifacts.list('builds');
      return all.filter(({ image, commit }) =>
        paths.some(path => path.startsWith(`builds/${image}/${commit}/`)),
      );
    },
  };
}
const named = (all: readonly Build[], names: readonly string[]) =>
  names.filter(name => all.some(({ commit }) => commit === sha(name)));

test('What builds left behind is removed when it is older than the configuration wants, and the newest image keeps it', async t => {
  const { call, left, get } = await place([
    built('old', 91),
    built('failed', 95, { status: 'failed', digest: undefined }),
    built('young', 89),
    built('newest', 88),
  ]);
  t.is(await call(), 2);
  t.deepEqual(named(await left(), ['old', 'failed', 'young', 'newest']), ['young', 'newest']);
  t.like(await get('old'), {
    status: 'succeeded',
    digest: digest('old'),
    results: undefined,
    keptAt: undefined,
  });
  t.is(await call(), 0);
});

test('An image keeps its newest good results, however old, also behind builds that failed and pull requests', async t => {
  const { call, left, clock } = await place([
    built('good', 300),
    built('broken', 200, { status: 'failed', digest: undefined }),
    built('pull', 150, { tryJob: { number: 7, patch: 1 } }),
    built('other', 400, { image: 'api' }),
  ]);
  t.is(await call(), 2);
  const all = ['good', 'broken', 'pull', 'other'];
  t.deepEqual(named(await left(), all), ['good', 'other']);
  clock.time += 91 * DAY * 1_000;
  t.is(await call(), 0);
  t.deepEqual(named(await left(), all), ['good', 'other']);
});

const promotion = { by: 'ada', at: at(), from: 'main', dryRun: false, attempts: 0 };
const promoted = { image: 'web', repository: 'ghcr.io/acme/web', state: 'moved' as const };

test('What tags name, services run and promotions came to keeps its results, until a while after nothing does', async t => {
  const versionOf = (commit: string) => ({ digest: digest(commit), commit: sha(commit), at: at(-1) });
  const names = ['tagged', 'wanted', 'runs', 'before', 'stable', 'undone', 'asked', 'nobody'];
  const { call, left, store, clock } = await place([
    ...names.map(name => built(name, 100)),
    built('newest', 1),
  ]);
  await store(tags, aTag({ observed: standingOn('tagged'), wanted: standingOn('wanted') }));
  const service = aService({ target: 'place', service: 'web', image: 'web', wanted: undefined });
  await store(services, { ...service, observed: versionOf('runs'), previous: versionOf('before') });
  await store(
    promotions,
    {
      ...{ ...promotion, number: 1, to: 'stable', phase: 'moved', endedAt: at() },
      images: [{ ...promoted, digest: digest('undone'), after: digest('undone') }],
    },
    {
      ...{ ...promotion, number: 2, to: 'stable', phase: 'moved', endedAt: at() },
      images: [{ ...promoted, digest: digest('stable'), after: digest('stable') }],
    },
    {
      ...{ ...promotion, number: 3, to: 'next', phase: 'gated' },
      images: [{ ...promoted, digest: digest('asked'), state: 'waiting' as const }],
    },
  );
  t.is(await call(), 2);
  t.deepEqual(named(await left(), names), ['tagged', 'wanted', 'runs', 'before', 'stable', 'asked']);
  await store(tags, aTag({ observed: standingOn('newest') }));
  clock.time += 89 * DAY * 1_000;
  t.is(await call(), 0);
  clock.time += 2 * DAY * 1_000;
  t.is(await call(), 2);
  t.deepEqual(named(await left(), names), ['runs', 'before', 'stable', 'asked']);
});

test('The pages of an image that was taken over stay as long as a later commit shows them', async t => {
  const carried = { digest: digest('maker'), results: folderOf('maker'), carries: sha('maker') };
  const { call, left, clock } = await place([
    built('maker', 200),
    built('carried', 80, carried),
    built('newest', 1),
  ]);
  const all = ['maker', 'carried', 'newest'];
  t.is(await call(), 0);
  t.deepEqual(named(await left(), all), all);
  clock.time += 91 * DAY * 1_000;
  await call();
  await call();
  t.deepEqual(named(await left(), all), ['newest']);
});

test('A build that is tried again keeps what it has, and many are removed a few at a time', async t => {
  const many = Array.from({ length: 50 }, (_, i) => built(`old-${i}`, 400 - i));
  const again = built('again', 500, { status: 'building' });
  const { call, left } = await place([again, ...many, built('newest', 1)]);
  const counts = [await call(), await call(), await call(), await call()];
  t.deepEqual(counts, [19, 20, 11, 0]);
  t.deepEqual(named(await left(), ['again', 'newest', 'old-0', 'old-49']), ['again', 'newest']);
});
