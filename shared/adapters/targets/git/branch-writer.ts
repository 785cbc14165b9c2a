import type { CommitSha } from '../../../domain/names/commit-sha.ts';
import { sameRepository } from '../../../domain/names/image-reference.ts';
import type { Answer, Order } from '../../../ports/target.ts';
import { pauseAfterRace, RACES } from '../../git/lost-races.ts';
import { missingBranch } from './answers.ts';
import type { BranchReader } from './branch-reader.ts';
import type { FilesOrder } from './edits.ts';

export type Answers<O = FilesOrder> = ReadonlyMap<O, Answer>;
/** Brings all orders to the remote at once. @returns nothing when somebody else was faster. */
export type Land = <O extends FilesOrder>(
  orders: readonly O[],
  on: { readonly head: CommitSha; readonly signal: AbortSignal },
) => Promise<Answers<O> | undefined>;

type Waiting = FilesOrder & {
  readonly signal: AbortSignal;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
};

/**
 * The only one in this process that writes to the branch. Orders that wait go into one commit together; when
 * somebody else was faster, the edits are made anew on what they pushed.
 */
export function createBranchWriter({
  branch,
  land: carryOutOn,
  chance,
}: {
  readonly branch: BranchReader;
  readonly land: Land;
  /** From 0 to 1, for the pauses after a lost race. */
  readonly chance: () => number;
}): (
  order: Order,
  how: { readonly files: readonly string[]; readonly signal: AbortSignal },
) => Promise<Answer> {
  const waiting: Waiting[] = [];
  let writing = false;

  async function write(): Promise<void> {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) await land();
    writing = false;
  }

  async function land(): Promise<void> {
    const batch: Waiting[] = [];
    try {
      const answers = await untilLanded(batch);
      for (const [each, answer] of answers) each.resolve(answer);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  /** Whoever comes along before the edits are made joins the batch; whoever gives up leaves it. */
  async function untilLanded(batch: Waiting[]): Promise<Answers<Waiting>> {
    for (let tries = 1; tries <= RACES; tries += 1) {
      join(batch, waiting);
      const head = await branch.head();
      join(batch, waiting);
      const answers = await carryOut(batch, head).catch(error => {
        if (batch.some(({ signal }) => signal.aborted)) return undefined;
        throw error;
      });
      if (answers !== undefined) return answers;
      await pauseAfterRace(tries, chance);
    }
    throw new Error(`Cannot push to "${branch.url}": others were faster ${RACES} times`);
  }

  async function carryOut(
    batch: readonly Waiting[],
    head: CommitSha | undefined,
  ): Promise<Answers<Waiting> | undefined> {
    if (head !== undefined) {
      const signal = AbortSignal.any(batch.map(each => each.signal));
      return await carryOutOn(batch, { head, signal });
    }
    const reason = await missingBranch(branch);
    return new Map(batch.map(each => [each, { kind: 'failed', reason }]));
  }

  return async (order, { files, signal }) => {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp);
    waiting.push({ order, files, signal, resolve, reject });
    void write();
    return promise.finally(() => signal.removeEventListener('abort', giveUp));
  };
}

/** Drops those who gave up, and adds those waiting who want no other digest of a repository in the batch. */
function join(batch: Waiting[], waiting: Waiting[]): void {
  const candidates = [...batch.splice(0), ...waiting.splice(0)].filter(({ signal }) => !signal.aborted);
  for (const each of candidates) (batch.some(other => clashes(other, each)) ? waiting : batch).push(each);
}

function clashes({ order: { image: a } }: Waiting, { order: { image: b } }: Waiting): boolean {
  return sameRepository(a, b) && a.digest !== b.digest;
}
