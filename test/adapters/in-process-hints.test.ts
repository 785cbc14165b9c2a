import test from 'ava';
import fc from 'fast-check';
import { createInProcessHints } from '../../shared/adapters/hints/in-process.ts';
import type { Hint } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { hint, hintsContract, openable, turns } from '../contracts/hints.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

hintsContract(test, 'hints in this process', async t => {
  const hints = createInProcessHints({ log, pauses: [0, 0, 0] });
  t.teardown(() => hints.close());
  return { hints };
});

test('duplicates that wait are handled once', async t => {
  const hints = createInProcessHints({ log });
  await hints.publish([hint('a'), hint('a'), hint('b'), hint('a')]);
  const handled: string[] = [];
  hints.listen('tags', async ({ key }) => void handled.push(key), { concurrency: 1 });
  await hints.idle();
  t.deepEqual(handled, ['a', 'b']);
});

test('however many hints arrive while a document is handled, it is handled once more', async t => {
  const hints = createInProcessHints({ log });
  const [began, gate] = [openable(), openable()];
  let handled = 0;
  hints.listen(
    'tags',
    async () => {
      began.open();
      await gate.passed;
      handled += 1;
    },
    { concurrency: 4 },
  );
  await hints.publish([hint('a')]);
  await began.passed;
  await hints.publish([hint('a'), hint('a')]);
  await hints.publish([hint('a')]);
  gate.open();
  await hints.idle();
  t.is(handled, 2);
});

test('after the last try a hint is dropped with an error in the log, and can be published again', async t => {
  const logged: string[] = [];
  const keep = (level: string) => (_: string, fields?: Record<string, unknown>) =>
    void logged.push(`${level}: ${fields?.['key']} ${fields?.['failures']} ${fields?.['error']}`);
  const recording: Log = { info: keep('info'), warn: keep('warn'), error: keep('error') };
  const hints = createInProcessHints({ log: recording, pauses: [0, 0] });
  let tries = 0;
  hints.listen(
    'tags',
    async () => {
      tries += 1;
      throw new Error('no');
    },
    { concurrency: 1 },
  );
  await hints.publish([hint('a')]);
  await hints.idle();
  t.deepEqual(logged, ['warn: a 1 Error: no', 'warn: a 2 Error: no', 'error: a 3 Error: no']);
  await hints.publish([hint('a')]);
  await hints.idle();
  t.is(tries, 6);
});

test('a pause before another try holds up no other hint, and further hints of the document wait for it', async t => {
  const hints = createInProcessHints({ log, pauses: [5] });
  const handled: string[] = [];
  let failed = false;
  hints.listen(
    'tags',
    async ({ key }) => {
      handled.push(key);
      if (key === 'good') await hints.publish([hint('bad')]);
      if (key === 'good' || failed) return;
      failed = true;
      throw new Error('no');
    },
    { concurrency: 1 },
  );
  await hints.publish([hint('bad'), hint('good')]);
  await hints.idle();
  t.deepEqual(handled, ['bad', 'good', 'bad']);
});

test('who is chosen goes in the place of another, which then is the first that waits', async t => {
  const hints = createInProcessHints({ log });
  const handled: string[] = [];
  const choose = async (one: Hint, isTaken: (hint: Hint) => boolean) =>
    handled.length > 0 || isTaken(hint('urgent')) ? one : hint('urgent');
  hints.listen('tags', async ({ key }) => void handled.push(key), { concurrency: 1, choose });
  await hints.publish([hint('a'), hint('b'), hint('urgent')]);
  await hints.idle();
  t.deepEqual(handled, ['urgent', 'a', 'b']);
});

test('one that nobody hinted at may be chosen, and none is chosen that is handled already', async t => {
  const hints = createInProcessHints({ log });
  const handled: string[] = [];
  const ended = openable();
  const choose = async (one: Hint, isTaken: (hint: Hint) => boolean) => {
    await turns(1);
    return isTaken(hint('urgent')) ? one : hint('urgent');
  };
  hints.listen(
    'tags',
    async ({ key }) => {
      handled.push(key);
      if (handled.length === 3) ended.open();
      await ended.passed;
    },
    { concurrency: 3, choose },
  );
  await hints.publish([hint('a'), hint('b')]);
  await ended.passed;
  t.deepEqual(handled.toSorted(), ['a', 'b', 'urgent']);
  await hints.close();
});

test('a second listener of a topic is refused until the first has stopped', async t => {
  const hints = createInProcessHints({ log });
  const stop = hints.listen('tags', async () => {}, { concurrency: 1 });
  t.throws(() => hints.listen('tags', async () => {}, { concurrency: 1 }), {
    message: 'Cannot listen to topic "tags": it has a listener',
  });
  await stop();
  t.notThrows(() => hints.listen('tags', async () => {}, { concurrency: 1 }));
});

test('idle() waits for what handling publishes, to whatever topic', async t => {
  const hints = createInProcessHints({ log });
  const handled: string[] = [];
  const pass = (to: 'builds' | 'deploys' | undefined) => async () => {
    await turns(2);
    handled.push(String(to));
    if (to !== undefined) await hints.publish([hint('a', to)]);
  };
  hints.listen('deploys', pass(undefined), { concurrency: 1 });
  hints.listen('builds', pass('deploys'), { concurrency: 1 });
  hints.listen('pushes', pass('builds'), { concurrency: 1 });
  await hints.publish([hint('a', 'pushes'), hint('nobody listens', 'notices')]);
  await hints.idle();
  t.deepEqual(handled, ['builds', 'deploys', 'undefined']);
});

test('close() waits for what is under way, drops what waits or pauses, and takes no more', async t => {
  const hints = createInProcessHints({ log, pauses: [60_000] });
  const [began, gate] = [openable(), openable()];
  const handled: string[] = [];
  hints.listen(
    'tags',
    async ({ key }) => {
      handled.push(key);
      if (key === 'pauses') throw new Error('no');
      began.open();
      await gate.passed;
      handled.push(`${key} ended`);
      throw new Error('no');
    },
    { concurrency: 1 },
  );
  await hints.publish([hint('pauses'), hint('under way'), hint('waits')]);
  await began.passed;
  await hints.publish([hint('under way')]);
  const closed = hints.close();
  gate.open();
  await closed;
  await hints.publish([hint('late')]);
  await hints.idle();
  t.deepEqual(handled, ['pauses', 'under way', 'under way ended']);
});

test('whatever is published, fails and takes its time: every document is looked at after its last hint', async t => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const act = fc.record({ keys: fc.array(key, { minLength: 1, maxLength: 4 }), pause: fc.nat(3) });
  const behaviour = fc.array(fc.record({ takes: fc.nat(3), fails: fc.boolean() }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 8 }), behaviour, fc.integer({ min: 1, max: 4 }), check),
    { numRuns: 200 },
  );

  async function check(
    acts: readonly { readonly keys: readonly string[]; readonly pause: number }[],
    behaviours: readonly { readonly takes: number; readonly fails: boolean }[],
    concurrency: number,
  ): Promise<void> {
    const hints = createInProcessHints({ log, pauses: [0, 0, 0] });
    const wanted = new Map<string, number>();
    const seen = new Map<string, number>();
    const active = new Set<string>();
    // A fourth failure in a row would be the last.
    const failures = new Map<string, number>();
    let calls = 0;
    hints.listen(
      'tags',
      async ({ key }) => {
        t.false(active.has(key));
        active.add(key);
        t.true(active.size <= concurrency);
        const want = wanted.get(key) ?? 0;
        const { takes, fails } = behaviours[calls++] ?? { takes: 0, fails: false };
        await turns(takes);
        active.delete(key);
        const before = failures.get(key) ?? 0;
        failures.set(key, fails && before < 3 ? before + 1 : 0);
        if (failures.get(key) !== 0) throw new Error('no');
        seen.set(key, want);
      },
      { concurrency },
    );
    for (const { keys, pause } of acts) {
      for (const key of keys) wanted.set(key, (wanted.get(key) ?? 0) + 1);
      await hints.publish(keys.map(key => hint(key)));
      await turns(pause);
    }
    await hints.idle();
    t.deepEqual(new Map([...seen].sort()), new Map([...wanted].sort()));
    await hints.close();
  }
});
