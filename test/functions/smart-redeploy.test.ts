import test from 'ava';
import { sweep } from '../../functions/smart-redeploy/sweep.ts';
import type { Hint } from '../../shared/ports/hints.ts';
import { builds, deliveries, services, tags } from '../../shared/records/collections.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords, put, remove } from '../../shared/records/records.ts';
import { aBuild, aService, aTag, at, NOW, sha } from '../helpers/a-document.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { startOn } from '../helpers/world/prod-of-web.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const delivery = {
  source: 'github',
  id: '1',
  kind: 'github',
  event: 'push',
  topic: 'pushes',
  receivedAt: at(-9),
  repeats: 0,
  body: '{}',
  status: 'waiting',
  expireAt: at(999),
  attempts: 0,
} as const;

async function swept(documents = createMemoryDocuments({ queries })) {
  const published: Hint[] = [];
  const hints = {
    publish: async (given: readonly Hint[]) => void published.push(...given),
    listen: () => async () => {},
  };
  const count = await sweep({ records: createRecords(documents), hints, clock: { now: () => NOW } });
  return { count, keys: published.map(({ topic, collection, key }) => `${topic} ${collection}/${key}`) };
}

test('What stays due, however many wait for a full builder, keeps no other from being swept', async t => {
  const documents = createMemoryDocuments({ queries });
  const records = createRecords(documents);
  const stuck = Array.from({ length: 1_200 }, (_, i) =>
    put(builds, aBuild({ image: `stuck-${i}`, due: at(-9) })),
  );
  const last = put(builds, aBuild({ image: 'last', due: at(-1) }));
  await records.transact([], () => ({ result: undefined, writes: [...stuck, last] }));
  const published: Hint[] = [];
  const hints = {
    publish: async (given: readonly Hint[]) => void published.push(...given),
    listen: () => async () => {},
  };
  const its = { records, hints, clock: { now: () => NOW }, stops: new Map<string, string>() };
  const counts = [await sweep(its), await sweep(its), await sweep(its), await sweep(its)];
  t.deepEqual(counts, [500, 500, 201, 500]);
  t.is(new Set(published.slice(0, 1_201).map(({ key }) => key)).size, 1_201);
  const [stop] = its.stops.values();
  await records.transact([], () => ({
    result: undefined,
    writes: [remove(builds, String(stop).split('!')[0] ?? '', sha('c1'))],
  }));
  t.is(await sweep(its), 500, 'where it stopped is not there any more: it begins again');
});

test('The sweep publishes a hint for each document that is due, and for no other', async t => {
  const documents = createMemoryDocuments({ queries });
  const records = createRecords(documents);
  const writes = [
    put(deliveries, { ...delivery, due: at(-9) }),
    put(deliveries, { ...delivery, id: '2', topic: 'notices', due: at() }),
    put(deliveries, { ...delivery, id: '3', status: 'done' }),
    put(deliveries, { ...delivery, id: '4', due: at(1) }),
    put(builds, aBuild({ due: at(-1) })),
    put(builds, aBuild({ image: 'api', due: undefined })),
    put(builds, aBuild({ image: 'jobs', claim: { by: 'w', until: at(9) }, due: at(9) })),
    put(tags, aTag({ due: at(-1) })),
    put(tags, aTag({ image: 'api' })),
    put(services, aService({ claim: { by: 'the dead', until: at(-1) }, due: at(-1) })),
    put(services, aService({ service: 'api', due: at(1) })),
  ];
  await records.transact([], () => ({ result: undefined, writes }));
  t.deepEqual(await swept(documents), {
    count: 5,
    keys: [
      'pushes deliveries/github!1',
      'notices deliveries/github!2',
      `builds builds/web!${sha('c1')}`,
      'tags tags/web!prod',
      'deploys services/place!web',
    ],
  });
});

test('One document that cannot be understood holds up no other', async t => {
  const documents = createMemoryDocuments({ queries });
  await documents.transact([], () => ({
    result: undefined,
    writes: [
      {
        ref: { collection: 'tags', key: 'web!prod' },
        fields: { due: at(-1), written: 'by a later headway' },
      },
      { ref: { collection: 'deliveries', key: 'x!1' }, fields: { due: at(-1), topic: 'of a later headway' } },
      put(builds, aBuild({ due: at(-1) })),
    ],
  }));
  t.deepEqual((await swept(documents)).keys, [`builds builds/web!${sha('c1')}`, 'tags tags/web!prod']);
});

test('With nothing due the sweep publishes nothing', async t => {
  t.deepEqual(await swept(), { count: 0, keys: [] });
});

test('The configuration is adopted: every tag and service it names is there, looked at, and rests', async t => {
  const life = await startCalmLife();
  for (const image of ['web', 'api', 'jobs']) {
    t.like(await life.get(tags, image, 'prod'), {
      follows: { repo: 'shop', branch: 'main' },
      look: undefined,
      due: undefined,
    } as object);
    t.like(await life.get(services, 'place', image), {
      image,
      tag: 'prod',
      phase: 'idle',
      due: undefined,
    } as object);
  }
});

test('CD-14: at each start every tag is read, and only what differs is deployed', async t => {
  const more = {
    tags: { prod: { images: ['web'], movedBy: 'registry' } },
    services: {
      api: { target: 'place', image: 'web', tag: 'prod' },
      jobs: { target: 'place', image: 'web', tag: 'prod' },
    },
  };
  const life = await startCalmLife({ configuration: shopConfiguration('none', { more }) });
  await life.pushTag('web', 'prod', digestOf('one'));
  const { deploy } = life.around.target;
  let deployed = 0;
  life.around.target.deploy = async (order, signal) => {
    deployed += 1;
    return deploy(order, signal);
  };
  await life.restart();
  t.is(deployed, 0, 'equal: skipped');
  life.around.registry.push(
    { registry: 'registry.example', repository: 'shop/web', tag: 'prod' },
    digestOf('two'),
  );
  await life.restart();
  t.is(deployed, 3, 'another: deployed');
  life.around.registry.head = async () => Promise.reject(new Error('unknown media type'));
  await life.restart();
  t.is(deployed, 3, 'unknown: skipped');
  t.like(await life.get(tags, 'web', 'prod'), { lastError: 'unknown media type' }, 'and reported');
});

test('A tag that follows another branch from now on is judged by that branch', async t => {
  const life = await startOn(['c2']);
  await life.push(undefined, 'r4', { branch: 'release' });
  await life.restart(
    shopConfiguration('none', {
      more: { tags: { prod: { images: ['web', 'api', 'jobs'], branch: 'release' } } },
    }),
  );
  t.like(await life.get(tags, 'web', 'prod'), {
    follows: { branch: 'release' },
    observed: { commit: shaOf('c2') },
  });
  await life.push('r3', 'r4', { branch: 'release' });
  await life.built('web', 'r4');
  await life.notice('web', 'r4');
  t.like(await life.get(tags, 'web', 'prod'), { observed: { commit: shaOf('r4') } });
});
