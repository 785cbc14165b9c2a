import test from 'ava';
import { createMostUrgent } from '../../functions/builds/most-urgent.ts';
import { limitBuilder } from '../../shared/adapters/builders/pool/limited.ts';
import { instant } from '../../shared/domain/claims.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Hint } from '../../shared/ports/hints.ts';
import { builds } from '../../shared/records/collections.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords, put } from '../../shared/records/records.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';

const NOW = Date.parse('2026-03-02T12:00:00.000Z');
const COMMIT = 'a'.repeat(40);
const early = { due: instant(NOW - 1_000) };
const soon = { due: instant(NOW + 60_000) };
const claimed = { ...soon, claim: { by: 'w', until: instant(NOW + 60_000) } };

const hintOf = (image: string): Hint => ({
  topic: 'builds',
  collection: 'builds',
  key: `${image}!${COMMIT}`,
});

async function chosen(its: Readonly<Record<string, Partial<Build>>>, hinted: string, taken = '') {
  const records = createRecords(createMemoryDocuments({ queries }));
  const writes = Object.entries(its).map(([image, more]) =>
    put(builds, {
      image,
      commit: COMMIT,
      repo: 'shop',
      status: 'waiting',
      steps: [],
      attempts: 0,
      ...early,
      ...more,
    }),
  );
  await records.transact([], () => ({ result: undefined, writes }));
  const image = (builder: string) => ({ repo: 'shop', repository: 'registry.example/shop', builder });
  const configuration = ConfigurationShape.parse({
    repos: { shop: { url: 'https://git.example/shop' } },
    images: {
      ...Object.fromEntries(Object.keys(its).map(name => [name, image('auto')])),
      'for-full': image('full'),
    },
  });
  const free = limitBuilder({ name: 'free', build: () => Promise.reject(new Error('not here')) });
  const builder = async (word: string) => (word === 'full' ? { ...free, free: () => 0 } : free);
  const choose = createMostUrgent({ records, configuration, builder, clock: { now: () => NOW } });
  return (await choose(hintOf(hinted), ({ key }) => key === hintOf(taken).key)).key.split('!')[0];
}

const chooses = test.macro({
  async exec(t, its: Readonly<Record<string, Partial<Build>>>, expected: string) {
    t.is(await chosen(its, 'hinted', 'taken'), expected);
  },
  title: name => `Where one has a place, ${name}`,
});

test('the build that was hinted at goes', chooses, { a: {}, hinted: {}, z: {} }, 'hinted');
test('one of the same priority does not go before it', chooses, { a: { priority: 0 }, hinted: {} }, 'hinted');
test(
  'the most urgent goes first',
  chooses,
  { a: { priority: 1 }, b: { priority: 9 }, hinted: { priority: 2 } },
  'b',
);
test('what is not due is no more urgent', chooses, { a: { priority: 9, ...soon }, hinted: {} }, 'hinted');
test(
  'what waits for its parent is no more urgent',
  chooses,
  { a: { priority: 9, due: undefined }, hinted: {} },
  'hinted',
);
test(
  'what somebody is at is no more urgent',
  chooses,
  { a: { priority: 9, ...claimed, due: early.due }, hinted: {} },
  'hinted',
);
test(
  'what is handled already is not chosen',
  chooses,
  { taken: { priority: 9 }, b: { priority: 1 }, hinted: {} },
  'b',
);
test(
  'what would have to wait for its builder is not chosen',
  chooses,
  { 'for-full': { priority: 9 }, b: { priority: 1 }, hinted: {} },
  'b',
);
test(
  'what is to go last goes after all others',
  chooses,
  { a: {}, b: { priority: -2 }, hinted: { priority: -1 } },
  'a',
);
test(
  'among what is to go last the order holds too',
  chooses,
  { a: { priority: -1 }, b: { priority: -2 }, hinted: { priority: -3 } },
  'a',
);
test(
  'what is to go last goes when nothing else waits',
  chooses,
  { a: { priority: -2 }, hinted: { priority: -1 } },
  'hinted',
);
test(
  'a look at what nobody builds now is left to its judge',
  chooses,
  { a: { priority: 9 }, hinted: claimed },
  'hinted',
);
test('a build that is not on record is left to its judge', chooses, { a: { priority: 9 } }, 'hinted');

test('The most urgent goes first also where hundreds have waited for longer, and other urgent ones cannot go', async t => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`waits-${i}`, { due: instant(NOW - 9_000 + i) }]),
  );
  const blocked = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`blocked-${i}`, { due: undefined, priority: 5 }]),
  );
  t.is(await chosen({ ...many, ...blocked, hotfix: { priority: 1 } }, 'waits-0'), 'hotfix');
  const last = Object.fromEntries(Object.keys(many).map(image => [image, { ...many[image], priority: -1 }]));
  t.is(await chosen({ ...last, ordinary: {} }, 'waits-0'), 'ordinary');
});
