import { randomInt } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { HeadwayProcess } from '../helpers/host-process.ts';
import { createHostStack, type HostStack } from '../helpers/host-process-stack.ts';
import { need } from '../helpers/need.ts';
import { createRandom } from '../helpers/world/turns.ts';

const ROUNDS = Number(process.env['HEADWAY_KILLS'] ?? 8);
const SEED = Number(process.env['HEADWAY_SEED'] ?? randomInt(2 ** 31));
const IMAGES = Array.from({ length: 40 }, (_, i) => `image-${i}`);
/** About as many requests as a promotion of them sends: two to read, three to move, and three to go back. */
const REQUESTS = IMAGES.length * 5;

test(`kill -9 while a stack of ${IMAGES.length} is promoted, ${ROUNDS} times: every tag moves, or every tag is as before`, async t => {
  const registry = need('LAB_REGISTRY');
  if (registry === undefined) {
    t.log('skipped: LAB_REGISTRY is not set');
    t.pass();
    return;
  }
  t.timeout(5 * 60_000);
  const random = createRandom(SEED);
  const upTo = (most: number) => Math.floor(random() * most);
  const stack = await createHostStack(t, { images: IMAGES, registry });
  for (const tag of ['old', 'a', 'b']) await stack.push(tag);
  const run: Run = { stack, host: stack.start(), mixed: 0, ends: [] };
  t.teardown(() => run.host.signal('SIGKILL'));
  await run.host.ready;
  await stack.ended(await stack.promote('old', 'stable'));

  for (let round = 0; round < ROUNDS; round++) {
    const from = round % 2 === 0 ? 'a' : 'b';
    const before = await stack.named('stable');
    stack.refuse(random() < 0.4 ? IMAGES[upTo(IMAGES.length)] : undefined);
    const first = { request: upTo(REQUESTS) + 1, moment: random() < 0.5 ? 'before' : 'answered' } as const;
    await killAt(t, run, { ...first, before, begin: () => stack.promote(from, 'stable') });
    if (random() < 0.5) await killAt(t, run, { request: upTo(REQUESTS / 2) + 1, moment: 'before', before });
    await run.host.ready;
    // Its number: the first was for the start.
    await checkEnd(t, run, { number: round + 2, from, before });
    stack.refuse(undefined);
  }
  t.log(`seed ${SEED}; ends: ${run.ends.join(', ')}; killed with some moved: ${run.mixed} times`);

  const before = await stack.named('stable');
  const other = (await stack.named('a'))[0] === before[0] ? 'b' : 'a';
  const mending = await stack.promote(other, 'stable');
  t.is((await stack.ended(mending)).phase, 'moved');
  t.deepEqual(await stack.named('stable'), await stack.named(other));
  t.is((await stack.ended(await stack.undo(mending))).phase, 'moved');
  t.deepEqual(await stack.named('stable'), before);
  run.host.signal('SIGINT');
  t.is((await run.host.ended).code, 0);
});

type Named = readonly (string | undefined)[];
type Run = { readonly stack: HostStack; host: HeadwayProcess; mixed: number; readonly ends: string[] };
type Kill = {
  /** At the so-manieth request to the registry: before it gets there, or when headway has not yet heard the answer. */
  readonly request: number;
  readonly moment: 'before' | 'answered';
  readonly before: Named;
  readonly begin?: () => Promise<unknown>;
};

/** Kills the host at that request, or once there are no more, and starts another. */
async function killAt(
  t: ExecutionContext,
  run: Run,
  { request, moment, before, begin }: Kill,
): Promise<void> {
  const { stack, host } = run;
  await host.ready;
  let left = request;
  stack.listen(at => {
    if (at === moment && --left === 0) host.signal('SIGKILL');
  });
  // It is asked for before it is killed, whether or not the answer is heard.
  await begin?.().catch(() => {});
  await Promise.race([host.ended, later(2_000)]);
  stack.listen(undefined);
  host.signal('SIGKILL');
  t.is((await host.ended).code, null);
  const isMoved = (await stack.named('stable')).map((digest, i) => digest !== before[i]);
  if (new Set(isMoved).size > 1) run.mixed += 1;
  run.host = stack.start();
}

type Expected = { readonly number: number; readonly from: string; readonly before: Named };

async function checkEnd(t: ExecutionContext, { stack, ends }: Run, { number, from, before }: Expected) {
  const { phase, images, from: source } = await stack.ended(number);
  const now = await stack.named('stable');
  const told = images.map(({ after }) => after);
  t.is(source, from);
  t.true(phase === 'moved' || phase === 'reverted', `promotion ${number} of seed ${SEED} is ${phase}`);
  t.deepEqual(
    now,
    phase === 'moved' ? await stack.named(from) : before,
    `promotion ${number} of seed ${SEED}`,
  );
  t.deepEqual(told, now, `what promotion ${number} of seed ${SEED} tells`);
  ends.push(phase);
}
