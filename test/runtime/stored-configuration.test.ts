import test from 'ava';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { configurations } from '../../shared/records/collections.ts';
import { applyConfiguration } from '../../shared/records/configuration-versions.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords, refTo } from '../../shared/records/records.ts';
import { createStoredConfiguration } from '../../shared/runtime/configuration/read-stored-configuration.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';

const AT = '2026-03-02T12:00:00.000Z';
const shop = (branch: string) =>
  `repos: { shop: { url: https://git.example/shop.git, branch: ${branch} } }\n`;

function openStore() {
  const documents = createMemoryDocuments({ queries });
  let reads = 0;
  const counted = {
    ...documents,
    get(ref: Parameters<typeof documents.get>[0]) {
      reads += 1;
      return documents.get(ref);
    },
  };
  let now = 0;
  const read = createStoredConfiguration({ records: createRecords(counted), clock: { now: () => now } });
  const records = createRecords(documents);
  return {
    read,
    documents,
    apply: (text: string, over: number) => applyConfiguration(records, { text, over, by: 'ada', at: AT }),
    reads: () => reads,
    pass: (milliseconds: number) => (now += milliseconds),
  };
}

test('the configuration in force is read once in 30 seconds, and parsed once for each version', async t => {
  const store = openStore();
  await store.apply(shop('main'), 0);
  const [first, same] = await Promise.all([store.read(), store.read()]);
  t.is(first.version, 1);
  t.is(first.configuration.repos['shop']?.branch, 'main');
  t.is(same, first);
  t.is(store.reads(), 2);
  await store.apply(shop('trunk'), 1);
  store.pass(29_999);
  t.is(await store.read(), first);
  t.is(store.reads(), 2);
  store.pass(1);
  const second = await store.read();
  t.is(second.version, 2);
  t.is(second.configuration.repos['shop']?.branch, 'trunk');
  store.pass(30_000);
  t.is(await store.read(), second);
  t.is(store.reads(), 5, 'only the pointer was read again');
});

test('a configuration that is missing is asked for, and found once it is there', async t => {
  const store = openStore();
  const error = await t.throwsAsync(store.read());
  t.false(error instanceof PermanentError);
  t.is(error?.message, 'Cannot find a configuration: none was put in force; do so with "headway apply"');
  await store.apply(shop('main'), 0);
  t.is((await store.read()).version, 1);
});

test('a version that is gone is named', async t => {
  const store = openStore();
  await store.apply(shop('main'), 0);
  const gone = { ref: refTo(configurations, 1), fields: undefined };
  await store.documents.transact([], () => ({ result: undefined, writes: [gone] }));
  await t.throwsAsync(store.read(), {
    message: /^Cannot find version 1 of the configuration, .* "headway apply"$/,
  });
});

test('a version that this release does not understand is named with its first mistake and who applied it', async t => {
  const store = openStore();
  await store.apply(shop('main'), 0);
  await store.read();
  await store.apply('hooks: { github: { kind: github, secret: do-not-repeat-me } }\n', 1);
  store.pass(30_000);
  const error = await t.throwsAsync(store.read());
  t.regex(
    error?.message ?? '',
    /^Cannot use version 2 of the configuration, by ada: this release does not understand it \(version 2:1:\d+ {2}hooks\.github\.secret: expected env:.*\); correct it with "headway apply", or go back with "headway apply --rollback VERSION"$/,
  );
  t.notRegex(error?.message ?? '', /do-not-repeat-me/);
});
