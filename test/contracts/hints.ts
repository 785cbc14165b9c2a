import type { ExecutionContext, TestFn } from 'ava';
import type { Topic } from '../../shared/domain/documents/waiting.ts';
import type { Hint, Hints, Listener } from '../../shared/ports/hints.ts';

/**
 * Fresh hints of their own for a case, with pauses between tries as short as may be and at least 3 tries; what
 * was opened is closed by `t.teardown`.
 */
export type OpenHints = (t: ExecutionContext) => Promise<{ readonly hints: Hints }>;

/** The promises of the port {@link Hints}; every carrier passes the same cases. */
export function hintsContract(test: TestFn, name: string, open: OpenHints): void {
  test(`${name}: every published hint is handled, with its topic, collection and key`, async t => {
    const { hints } = await open(t);
    const published = [hint('web!prod'), hint('~!%2F'), { ...hint('web!prod'), collection: 'services' }];
    const handled = collect(published.length);
    hints.listen('tags', handled.listener, { concurrency: 4 });
    await hints.publish(published);
    await handled.all;
    t.deepEqual(handled.distinct(), published.map(textOf).sort());
  });

  test(`${name}: a hint that was published before anybody listens is handled later`, async t => {
    const { hints } = await open(t);
    await hints.publish([hint('early')]);
    const handled = collect(1);
    hints.listen('tags', handled.listener, { concurrency: 1 });
    await handled.all;
    t.deepEqual(handled.distinct(), [textOf(hint('early'))]);
  });

  test(`${name}: a listener gets the hints of its topic only`, async t => {
    const { hints } = await open(t);
    const [tags, deploys] = [collect(1), collect(1)];
    hints.listen('tags', tags.listener, { concurrency: 1 });
    hints.listen('deploys', deploys.listener, { concurrency: 1 });
    await hints.publish([hint('a'), hint('b', 'deploys')]);
    await Promise.all([tags.all, deploys.all]);
    t.deepEqual(tags.distinct(), [textOf(hint('a'))]);
    t.deepEqual(deploys.distinct(), [textOf(hint('b', 'deploys'))]);
  });

  test(`${name}: publishing does not wait for the listener`, async t => {
    const { hints } = await open(t);
    const gate = openable();
    const handled = collect(1);
    hints.listen(
      'tags',
      async hint => {
        await gate.passed;
        await handled.listener(hint);
      },
      { concurrency: 1 },
    );
    await hints.publish([hint('a')]);
    t.deepEqual(handled.hints, []);
    gate.open();
    await handled.all;
  });

  test(`${name}: a listener may publish`, async t => {
    const { hints } = await open(t);
    const deploys = collect(1);
    hints.listen('tags', ({ key }) => hints.publish([hint(key, 'deploys')]), { concurrency: 1 });
    hints.listen('deploys', deploys.listener, { concurrency: 1 });
    await hints.publish([hint('a')]);
    await deploys.all;
    t.deepEqual(deploys.distinct(), [textOf(hint('a', 'deploys'))]);
  });

  test(`${name}: two hints of one document are never handled at the same time`, async t => {
    const { hints } = await open(t);
    const active = new Map<string, number>();
    const seen = collect(5);
    let most = 0;
    hints.listen(
      'tags',
      async hint => {
        const now = (active.get(hint.key) ?? 0) + 1;
        active.set(hint.key, now);
        most = Math.max(most, now);
        await turns(3);
        active.set(hint.key, now - 1);
        await seen.listener(hint);
      },
      { concurrency: 8 },
    );
    for (let round = 0; round < 10; round += 1) {
      await hints.publish(['a', 'b', 'c', 'd', 'e'].map(key => hint(key)));
      await turns(1);
    }
    await seen.all;
    t.is(most, 1);
  });

  test(`${name}: a hint that arrives while its document is handled is handled after that`, async t => {
    const { hints } = await open(t);
    const [began, gate] = [openable(), openable()];
    const twice = openable();
    let [before, after] = [0, 0];
    hints.listen(
      'tags',
      async () => {
        before += 1;
        began.open();
        await gate.passed;
        after += 1;
        if (after === 2) twice.open();
      },
      { concurrency: 4 },
    );
    await hints.publish([hint('a')]);
    await began.passed;
    await hints.publish([hint('a')]);
    await turns(3);
    t.is(before, 1);
    gate.open();
    await twice.passed;
    t.pass();
  });

  test(`${name}: as many hints are handled at once as the listener wants, and no more`, async t => {
    const { hints } = await open(t);
    const keys = Array.from({ length: 12 }, (_, i) => `k${i}`);
    const handled = collect(keys.length);
    const three = openable();
    let [active, most] = [0, 0];
    hints.listen(
      'tags',
      async hint => {
        active += 1;
        most = Math.max(most, active);
        if (active === 3) three.open();
        await three.passed;
        await turns(2);
        active -= 1;
        await handled.listener(hint);
      },
      { concurrency: 3 },
    );
    await hints.publish(keys.map(key => hint(key)));
    await handled.all;
    t.is(most, 3);
  });

  const failures: readonly (readonly [string, () => Promise<void>])[] = [
    ['rejects', () => Promise.reject(new Error('not now'))],
    [
      'throws',
      () => {
        throw new Error('not now');
      },
    ],
  ];
  for (const [how, fail] of failures) {
    test(`${name}: a hint whose listener ${how} is handled again`, async t => {
      const { hints } = await open(t);
      const handled = collect(2);
      let tries = 0;
      hints.listen(
        'tags',
        hint => {
          if (hint.key === 'bad' && ++tries < 3) return fail();
          return handled.listener(hint);
        },
        { concurrency: 1 },
      );
      await hints.publish([hint('bad'), hint('good')]);
      await handled.all;
      t.deepEqual(handled.distinct(), [textOf(hint('bad')), textOf(hint('good'))]);
    });
  }

  test(`${name}: to stop waits for what is under way, and what comes after waits for the next listener`, async t => {
    const { hints } = await open(t);
    const [began, gate] = [openable(), openable()];
    const first = collect(1);
    const stop = hints.listen(
      'tags',
      async hint => {
        began.open();
        await gate.passed;
        await first.listener(hint);
      },
      { concurrency: 1 },
    );
    await hints.publish([hint('a')]);
    await began.passed;
    const stopped = stop().then(() => first.hints.length);
    await hints.publish([hint('b')]);
    gate.open();
    t.is(await stopped, 1, 'it was handled when stopping ended');
    const next = collect(1);
    hints.listen('tags', next.listener, { concurrency: 1 });
    await next.all;
    t.deepEqual([...first.distinct(), ...next.distinct()], [textOf(hint('a')), textOf(hint('b'))]);
  });
}

export function hint(key: string, topic: Topic = 'tags'): Hint {
  return { topic, collection: 'tags', key };
}

/** A listener that keeps what it is given; `all` resolves when it was given the hints of so many documents. */
function collect(count: number) {
  const hints: Hint[] = [];
  const { passed, open } = openable();
  const distinct = () => [...new Set(hints.map(textOf))].sort();
  const listener: Listener = async hint => {
    hints.push(hint);
    if (distinct().length >= count) open();
  };
  return { listener, hints, distinct, all: passed };
}

/** A gate that is closed until somebody opens it. */
export function openable(): { readonly passed: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

/** Lets everything else that is ready go first, so many times. */
export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await new Promise(resolve => setImmediate(resolve));
}

function textOf({ topic, collection, key }: Hint): string {
  return `${topic}: ${collection}/${key}`;
}
