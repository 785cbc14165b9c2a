import test from 'ava';
import { adoptNewer } from '../../functions/smart-redeploy/adopt-newer.ts';
import { adoptions, services } from '../../shared/records/collections.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords, put, refTo } from '../../shared/records/records.ts';
import { aService, NOW } from '../helpers/a-document.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const configuration = shopConfiguration();
const running = aService({ target: 'place', service: 'web', phase: 'running' });

/** An instance that starts with a version in force, and what it finds and leaves. */
async function place() {
  const documents = createMemoryDocuments({ queries });
  const records = createRecords(documents);
  const start = (configurationVersion: number) =>
    adoptNewer({ records, configuration, configurationVersion, clock: { now: () => NOW } });
  const green = () => records.transact([], () => ({ result: undefined, writes: [put(services, running)] }));
  const phase = async () => (await records.get(refTo(services, 'place', 'web')))?.phase;
  const adopted = async () => (await records.get(refTo(adoptions, 'adopted')))?.version;
  return { documents, start, green, phase, adopted };
}

test('the first version is adopted, and the next one', async t => {
  const { start, green, phase, adopted } = await place();
  t.true(await start(1));
  t.is(await adopted(), 1);
  await green();
  t.true(await start(2));
  t.is(await adopted(), 2);
  t.is(await phase(), 'unknown');
});

test('a new instance changes nothing when its version was adopted already', async t => {
  const { documents, start, green, phase } = await place();
  await start(1);
  await green();
  const before = documents.snapshot();
  t.false(await start(1));
  t.deepEqual(documents.snapshot(), before);
  t.is(await phase(), 'running');
});

test('an instance that has not yet seen the newest version does not bring an older one back', async t => {
  const { start, green, phase, adopted } = await place();
  await start(2);
  await green();
  t.false(await start(1));
  t.is(await adopted(), 2);
  t.is(await phase(), 'running');
});

test('what was adopted half when its instance ended is adopted again', async t => {
  const documents = createMemoryDocuments({ queries });
  const records = createRecords(documents);
  let writes = 0;
  const dying = createRecords({
    ...documents,
    transact: (refs, judge) => {
      writes += 1;
      if (writes > 2) throw new Error('the instance has ended');
      return documents.transact(refs, judge);
    },
  });
  const its = { configuration, configurationVersion: 1, clock: { now: () => NOW } };
  await t.throwsAsync(adoptNewer({ ...its, records: dying }));
  t.true(await adoptNewer({ ...its, records }));
  t.truthy(await records.get(refTo(services, 'place', 'jobs')));
});
