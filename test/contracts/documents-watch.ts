import type { TestFn } from 'ava';
import type { Documents, QueryShape, Ref } from '../../shared/ports/documents.ts';
import { type OpenDocuments, store } from './documents.ts';

const a: Ref = { collection: 'things', key: 'a' };
const b: Ref = { collection: 'others', key: 'b' };

/** What nobody queries need not be watched. */
const SHAPES: readonly QueryShape[] = ['things', 'others'].map(collection => ({ collection, where: ['n'] }));

/** What {@link Documents.watch} promises. */
export function watchContract(test: TestFn, name: string, open: OpenDocuments): void {
  test(`${name}: a watcher is told of what is created, changed and deleted`, async t => {
    const { documents } = await open(t, SHAPES);
    const watched = watch(documents);
    for (const [ref, fields] of [
      [a, { n: 1 }],
      [b, { n: 1 }],
      [a, { n: 2 }],
      [b, undefined],
    ] as const) {
      const told = watched.next(ref);
      await store(documents, ref, fields);
      await told;
    }
    watched.stop();
    t.pass();
  });

  test(`${name}: a watcher is told of every document of a burst`, async t => {
    const { documents } = await open(t, SHAPES);
    const watched = watch(documents);
    const refs = Array.from({ length: 100 }, (_, i) => ({ collection: 'things', key: `k${i}` }));
    const told = Promise.all(refs.map(ref => watched.next(ref)));
    await Promise.all(refs.map(ref => store(documents, ref, {})));
    await told;
    watched.stop();
    t.pass();
  });

  test(`${name}: a watcher is told of what another client changes within 2 seconds`, async t => {
    const { documents, another } = await open(t, SHAPES);
    const second = await another?.();
    if (second === undefined) {
      t.pass('has one client only');
      return;
    }
    const watched = watch(documents);
    for (const fields of [{ n: 1 }, undefined]) {
      const told = watched.next(a);
      await store(second, a, fields);
      await within(2_000, told);
    }
    watched.stop();
    t.pass();
  });

  test(`${name}: a watcher that was told finds the change`, async t => {
    const { documents } = await open(t, SHAPES);
    const found = new Promise<unknown>(resolve => documents.watch(ref => resolve(documents.get(ref))));
    await store(documents, a, { n: 1 });
    t.deepEqual(await found, { n: 1 });
  });

  test(`${name}: who stopped watching is told no more, and the others still are`, async t => {
    const { documents } = await open(t, SHAPES);
    const stopped = watch(documents);
    const watched = watch(documents);
    stopped.stop();
    const told = watched.next(a);
    await store(documents, a, {});
    await told;
    t.deepEqual(stopped.told, []);
    watched.stop();
  });
}

function watch(documents: Documents) {
  const told: Ref[] = [];
  const waiting = new Set<(ref: Ref) => void>();
  const stop = documents.watch(ref => {
    told.push(ref);
    for (const resolve of waiting) resolve(ref);
  });
  return {
    told,
    stop,
    /** Resolves when it is told of this document the next time. */
    next({ collection, key }: Ref): Promise<void> {
      return new Promise(resolve => {
        const look = (ref: Ref) => {
          if (ref.collection !== collection || ref.key !== key) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      });
    },
  };
}

async function within(ms: number, told: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Cannot see the change: not told within ${ms} ms`)), ms);
  });
  await Promise.race([told, late]).finally(() => clearTimeout(timer));
}
