import test, { type ExecutionContext } from 'ava';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import type { Hint, Look } from '../../shared/ports/hints.ts';
import { builds, type Collection, deliveries, services, tags } from '../../shared/records/collections.ts';
import { createRecords, type Put, put, refByKey } from '../../shared/records/records.ts';
import { atBoundary } from '../../shared/runtime/boundary.ts';
import { aBuild, aService, aTag, at, NOW } from '../helpers/a-document.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';

type Taking = (by: string) => Pick<Tag, 'claim' | 'due'>;

/** A look that claims the document, where that is asked for, and fails then. */
async function lookAt<T>(collection: Collection<T>, document: T, error: unknown, take?: Taking) {
  const documents = createMemoryDocuments();
  const records = createRecords(documents);
  const stored: Put = put(collection, document);
  await records.transact([], () => ({ result: undefined, writes: [stored] }));
  const told: string[] = [];
  const log = {
    info() {},
    warn: (message: string) => void told.push(`warn: ${message}`),
    error: (message: string) => void told.push(`error: ${message}`),
  };
  const look: Look = async (_, by) => {
    const writes = take === undefined ? [] : [put(collection, { ...document, ...take(by) })];
    await records.transact([], () => ({ result: undefined, writes }));
    if (error !== undefined) throw error;
  };
  const clock = { now: () => NOW };
  const redact = (text: string) => text.replaceAll('hunter2', '***');
  await atBoundary({ records, clock, log, worker: 'w', redact }, look)({ topic: 'tags', ...stored.ref });
  return { found: await records.get(refByKey(collection, stored.ref.key)), told };
}

const claimed = (by: string, seconds: number) => ({ claim: { by, until: at(seconds) }, due: at(seconds) });
const down = new Error('no route to the registry');
const wrong = new PermanentError('Cannot read repo "shop": it is not there');

test('A look that succeeds leaves the document to its handler', async t => {
  const { found, told } = await lookAt(tags, aTag({ due: at(-1) }), undefined);
  t.deepEqual([found, told], [aTag({ due: at(-1) }), []]);
});

async function postpones<T extends { attempts: number }>(
  t: ExecutionContext,
  collection: Collection<T>,
  document: T,
) {
  const { found, told } = await lookAt(collection, { ...document, attempts: 2 }, down);
  t.like(found, { attempts: 3, lastError: 'no route to the registry', due: at(4) } as object);
  t.deepEqual(told, ['warn: Look failed']);
}
test('A failure is stored on the document with the time of the next try, and the hint is done', async t => {
  await postpones(t, tags, aTag());
  await postpones(t, services, aService());
  await postpones(t, builds, aBuild());
});

test('What cannot work as it is is told as an error, and looked at again in ten minutes', async t => {
  const { found, told } = await lookAt(tags, aTag(), wrong);
  t.like(found, { attempts: 1, lastError: wrong.message, due: at(600) });
  t.deepEqual(told, ['error: Look failed']);
});

test('No secret gets into a document by way of an error', async t => {
  const { found } = await lookAt(services, aService(), new Error('401 for ada:hunter2'));
  t.is(found?.lastError, '401 for ada:***');
});

test('What is thrown may be anything', async t => {
  t.is((await lookAt(tags, aTag(), 'a text')).found?.lastError, 'a text');
});

test('A failure lets go of the claim of its own look', async t => {
  const { found } = await lookAt(tags, aTag(), down, by => claimed(by, 30));
  t.like(found, { claim: undefined, due: at(1) } as object);
});

test('A failure leaves the claim of another look of the same process alone', async t => {
  const others = claimed('w-tags-0', 30);
  const { found } = await lookAt(tags, aTag(), down, () => others);
  t.like(found, { ...others, attempts: 0 });
});

test('Somebody else’s claim is left alone, and when to look again with it', async t => {
  const tag = aTag(claimed('x', 30));
  t.deepEqual((await lookAt(tags, tag, down)).found, tag);
});

test('The claim of a worker that died holds up no pause: otherwise each sweep would fail again', async t => {
  const { found } = await lookAt(tags, aTag(claimed('x', -1)), down);
  t.like(found, { claim: undefined, due: at(1), attempts: 1 } as object);
});

test('A build that has ended meanwhile stays as it ended', async t => {
  const done = aBuild({ status: 'succeeded', due: undefined });
  const { due: _, ...stored } = done;
  t.deepEqual((await lookAt(builds, done, down)).found, stored);
});

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
  due: at(-9),
} as const;

test('A delivery is tried again while it may pass', async t => {
  t.like((await lookAt(deliveries, delivery, down)).found, {
    status: 'waiting',
    attempts: 1,
    lastError: down.message,
    due: at(1),
  });
});

test('A delivery that cannot work has failed at once, with the reason, and wants nothing more', async t => {
  t.like((await lookAt(deliveries, delivery, wrong)).found, {
    status: 'failed',
    outcome: wrong.message,
    due: undefined,
  } as object);
});

test('A delivery is given up after a day of tries', async t => {
  t.like((await lookAt(deliveries, { ...delivery, attempts: 148 }, down)).found, {
    status: 'waiting',
    due: at(600),
  });
  t.like((await lookAt(deliveries, { ...delivery, attempts: 149 }, down)).found, {
    status: 'failed',
    due: undefined,
  } as object);
});

test('A delivery that somebody else settled meanwhile stays settled', async t => {
  const { due: _, ...done } = { ...delivery, status: 'done' as const };
  t.deepEqual((await lookAt(deliveries, done, down)).found, done);
});

test('A failure that cannot be stored is thrown on, so that the hint is delivered again', async t => {
  const documents = {
    ...createMemoryDocuments(),
    transact: () => Promise.reject(new Error('the disk is full')),
  };
  const its = {
    records: createRecords(documents),
    clock: { now: () => NOW },
    log: { info() {}, warn() {}, error() {} },
    worker: 'w',
    redact: (text: string) => text,
  };
  const hint: Hint = { topic: 'tags', collection: 'tags', key: 'web!prod' };
  await t.throwsAsync(atBoundary(its, () => Promise.reject(down))(hint), { message: 'the disk is full' });
});
