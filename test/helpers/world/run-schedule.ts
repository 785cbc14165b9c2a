import type { Configuration } from '../../../shared/domain/configuration/schema.ts';
import type { Documents } from '../../../shared/ports/documents.ts';
import type { HttpHandler } from '../../../shared/ports/http.ts';
import { createFaults } from './faults.ts';
import { createTurns } from './turns.ts';
import { type Surroundings, startLife } from './world.ts';

/** One fact from outside; it is delivered until it is acknowledged. */
export type Fact = {
  readonly id: string;
  readonly deliver: (hooks: HttpHandler) => Promise<{ readonly status: number }>;
};
export type Schedule = {
  /** The facts in the order of their arrival, doubled ones twice. */
  readonly arrivals: readonly Fact[];
  /** Which of everything that could go on at a moment goes on. */
  readonly seed: number;
  /** After how many points each life but the last ends. */
  readonly crashes: readonly number[];
  /** How many deliveries arrive at the same moment. */
  readonly atOnce: number;
  /** After so many arrivals the others hold off until everything that follows from them is done. */
  readonly restAfter?: number;
};
type Ground = {
  readonly around: Surroundings;
  readonly configuration: Configuration;
  readonly hintsLost?: boolean;
  /** Lets people look at what there is, now and then; true while something is still asked of them. */
  readonly people?: (documents: Documents) => Promise<boolean>;
  /** Opens the documents as the process before left them. */
  readonly open: () => { readonly documents: Documents; close(): Promise<void> };
};

/** Longer than every claim and pause of the first tries. */
const WHILE_MS = 90_000;
const ROUNDS = 60;

/** Lives through a schedule, crash after crash, until nothing is due. Returns the ids that were acknowledged. */
export async function runSchedule(
  { arrivals, seed, crashes, atOnce, restAfter = 0 }: Schedule,
  ground: Ground,
): Promise<Set<string>> {
  const acknowledged = new Set<string>();
  const turns = createTurns(seed);
  let pending = [...arrivals];
  let untilRest = restAfter;
  let isAdopted = false;
  for (const [life, crashAt] of [...crashes, undefined].entries()) {
    const { documents, close } = ground.open();
    const faults = createFaults({ crashAt, turn: turns.turn });
    const headway = await startLife(ground.around, { ...ground, documents, faults, worker: `life-${life}` });
    // Once only, though every start does: it would make up for what a crash left without anybody to come back to it.
    if (!isAdopted) isAdopted = await adopt(headway);
    while (pending.length > 0 && !faults.crashed) {
      const batch = pending.slice(0, atOnce);
      const answers = await Promise.all(batch.map(fact => deliver(fact, headway.hooks)));
      batch.forEach((fact, i) => {
        if (answers[i] === true) acknowledged.add(fact.id);
      });
      untilRest -= batch.length;
      if (untilRest <= 0 && untilRest + batch.length > 0) await headway.idle();
      // What was not acknowledged is sent again, by a sender or a person.
      pending = [...pending.slice(atOnce), ...batch.filter((_, i) => answers[i] !== true)];
    }
    const people = () => ground.people?.(documents) ?? false;
    const quiet = await settle(headway, { ...ground, people }, () => faults.crashed);
    if (!quiet && !faults.crashed) throw new Error('Something is due for ever');
    await headway.close();
    await close();
    ground.around.clock.pass(WHILE_MS);
  }
  return acknowledged;
}

async function adopt(headway: Headway): Promise<boolean> {
  return headway.adopt().then(
    () => true,
    () => false,
  );
}

async function deliver(fact: Fact, hooks: HttpHandler): Promise<boolean> {
  try {
    return (await fact.deliver(hooks)).status < 300;
  } catch {
    return false;
  }
}

type Headway = Awaited<ReturnType<typeof startLife>>;

async function settle(
  headway: Headway,
  { around, people }: { readonly around: Surroundings; readonly people: () => Promise<boolean> | boolean },
  crashed: () => boolean,
): Promise<boolean> {
  for (let round = 0; round < ROUNDS && !crashed(); round++) {
    await headway.idle();
    around.clock.pass(round < 3 ? 1_000 : WHILE_MS);
    const isAsked = !crashed() && (await people());
    const due = await headway.sweep().catch(() => 0);
    await headway.idle();
    if (due === 0 && round > 3 && !isAsked) return true;
  }
  return false;
}
