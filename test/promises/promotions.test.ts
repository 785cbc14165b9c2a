import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { isOver } from '../../shared/domain/promotions/judge-steps.ts';
import { promotionRegister } from '../../shared/records/collections.ts';
import { refTo } from '../../shared/records/records.ts';
import { failingRegistry } from '../helpers/world/failing-registry.ts';
import { createStack, SOURCE, STABLE, type Stack } from '../helpers/world/stack.ts';

const IMAGES = ['base', 'web', 'api', 'jobs', 'docs'];
const failure = fc.record({
  call: fc.integer({ min: 1, max: 30 }),
  temporary: fc.boolean(),
  late: fc.boolean(),
});
const trouble = fc.record({
  images: fc.shuffledSubarray(IMAGES, { minLength: 1 }),
  /** What the targets are before: not there, at the source already, or elsewhere. */
  before: fc.array(fc.constantFrom('absent', 'right', 'old'), { minLength: 5, maxLength: 5 }),
  failures: fc.uniqueArray(failure, { maxLength: 4, selector: ({ call }) => call }),
  refusal: fc.option(
    fc.record({ call: fc.integer({ min: 1, max: 30 }), image: fc.constantFrom(...IMAGES) }),
    {
      nil: undefined,
    },
  ),
  crashes: fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 3 }),
});
const RUNS = Number(process.env['HEADWAY_SCHEDULES'] ?? 100);

test('A promotion ends with every tag moved or every tag as before, whatever fails or crashes; a second mends, and undo brings back', async t => {
  const ends = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(trouble, async ({ images, before, failures, refusal, crashes }) => {
      const stack = createStack(images);
      for (const [i, image] of images.entries()) {
        if (before[i] !== 'absent') stack.push(image, STABLE, before[i] === 'right' ? 'new' : 'old');
      }
      const was = stack.named(STABLE);
      const { registry } = stack.around;
      stack.around.registry = failingRegistry(
        registry,
        failures,
        refusal && { call: refusal.call, repository: `stack/${refusal.image}` },
      );
      const number = await stack.ask();
      for (const crashAt of [...crashes, undefined]) await stack.live(crashAt);
      const phase = await checkEnd(t, stack, { number, was });
      ends.set(phase, (ends.get(phase) ?? 0) + 1);
      // The trouble is over.
      stack.around.registry = registry;
      await checkMending(t, stack);
    }),
    { numRuns: RUNS },
  );
  t.log(Object.fromEntries([...ends].sort()));
  for (const phase of ['moved', 'reverted', 'incomplete', 'refused'])
    t.true(ends.has(phase), `some are ${phase}`);
});

type End = { readonly number: number; readonly was: readonly (string | undefined)[] };

async function checkEnd(t: ExecutionContext, stack: Stack, { number, was }: End): Promise<string> {
  const promotion = await stack.read(number);
  if (promotion === undefined || !isOver(promotion)) throw new Error(`It is ${promotion?.phase ?? 'lost'}`);
  const { phase, images, due } = promotion;
  const now = stack.named(STABLE);
  t.is(due, undefined);
  if (phase === 'incomplete') {
    // Only what the registry refused to bring back, and each says so.
    const left = images.filter(({ state }) => state === 'left');
    t.true(left.length > 0 && left.every(({ message }) => message !== undefined));
    for (const [i, { state }] of images.entries()) t.true(state === 'left' || now[i] === was[i]);
  } else {
    t.deepEqual(now, phase === 'moved' ? stack.named(SOURCE) : was);
  }
  // Of what it was not even told, it tells what it saw last.
  const isKnown = ({ message = '' }: { readonly message?: string | undefined }) =>
    !/is refused$/.test(message);
  const told = images.map(each => (isKnown(each) ? each.after : 'refused'));
  const there = images.map((each, i) => (isKnown(each) ? now[i] : 'refused'));
  if (phase !== 'refused') t.deepEqual(told, there, 'the report is true');
  const register = await stack.records.get(refTo(promotionRegister, 'promotions'));
  t.deepEqual(register?.underWay, []);
  return phase;
}

async function checkMending(t: ExecutionContext, stack: Stack): Promise<void> {
  const before = stack.named(STABLE);
  const source = stack.named(SOURCE);
  const again = await stack.ask();
  await stack.live();
  t.is((await stack.read(again))?.phase, 'moved');
  t.deepEqual(stack.named(STABLE), source);
  if (before.every((digest, i) => digest === source[i])) return;
  const undone = await stack.undo(again);
  await stack.live();
  t.is((await stack.read(undone))?.phase, 'moved');
  t.deepEqual(stack.named(STABLE), before);
}
