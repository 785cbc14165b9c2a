import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { isOver } from '../../shared/domain/promotions/judge-steps.ts';
import { promotionRegister } from '../../shared/records/collections.ts';
import { refTo } from '../../shared/records/records.ts';
import { createStack, SOURCE, STABLE, type Stack } from '../helpers/world/stack.ts';

const IMAGES = ['base', 'web', 'api'];
const GATES = ['gpu', 'lint'];
const kind = fc.constantFrom('passed', 'passed', 'passed', 'failed', 'blocked', 'waiting', 'thrown');
const trouble = fc.record({
  /** What the gates say, one after the other; in the end they pass, or never do. */
  answers: fc.array(kind, { maxLength: 12 }),
  crashes: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 3 }),
});
const RUNS = Number(process.env['HEADWAY_SCHEDULES'] ?? 60);

test('Nothing moves before every gate has passed, whatever they answer and whatever crashes', async t => {
  const ends = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(trouble, async ({ answers, crashes }) => {
      const entries = GATES.map(gate => [gate, { kind: 'command', run: ['test'] }]);
      const stack = createStack(IMAGES, { gates: Object.fromEntries(entries), promotions: { gates: GATES } });
      const passed = answerInTurn(stack, answers);
      guardMoves(t, stack, passed);
      const number = await stack.ask();
      for (const crashAt of [...crashes, undefined]) await stack.live(crashAt);
      for (let lives = 0; lives < 3 && !isOver((await stack.read(number)) ?? { phase: 'asked' }); lives++)
        await stack.live();
      const promotion = await stack.read(number);
      const phase = promotion?.phase ?? 'lost';
      ends.set(phase, (ends.get(phase) ?? 0) + 1);
      const isMoved = phase === 'moved';
      t.deepEqual(stack.named(STABLE), isMoved ? stack.named(SOURCE) : IMAGES.map(() => undefined));
      t.true(isMoved || promotion?.gates?.some(({ state }) => state === 'failed'), promotion?.reason);
      t.deepEqual((await stack.records.get(refTo(promotionRegister, 'promotions')))?.underWay, []);
    }),
    { numRuns: RUNS },
  );
  t.log(Object.fromEntries([...ends].sort()));
  for (const phase of ['moved', 'refused']) t.true(ends.has(phase), `some are ${phase}`);
  t.is(ends.size, 2);
});

/** Which gate has passed for which image. */
function answerInTurn(stack: Stack, answers: readonly string[]): ReadonlySet<string> {
  const passed = new Set<string>();
  const rest = answers.values();
  for (const gate of GATES) {
    stack.around.gates.answers.set(gate, ({ image }) => {
      const { value = 'passed' } = rest.next();
      if (value === 'thrown') throw new Error('nobody answers');
      if (value === 'passed') passed.add(`${gate} ${image}`);
      return { kind: value as 'passed', reason: value };
    });
  }
  return passed;
}

function guardMoves(t: ExecutionContext, stack: Stack, passed: ReadonlySet<string>): void {
  const { retag } = stack.around.registry;
  stack.around.registry.retag = (...words) => {
    for (const image of IMAGES) for (const gate of GATES) t.true(passed.has(`${gate} ${image}`));
    return retag(...words);
  };
}
