import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { isSqliteError } from './sqlite-errors.ts';
import { whenFree } from './when-free.ts';

/** What bounds the time for which one commit holds up everything else. */
const MOST_AT_ONCE = 256;

type Settle = () => void;
type Job = { readonly attempt: () => Settle; readonly reject: (error: unknown) => void };

/** Runs work in transactions; the work that arrives together shares one commit, since syncing the disk is what costs. */
export type GroupCommit = {
  /** Resolves once the work is on the disk. Work that throws undoes its own writes and no others. */
  run<R>(work: () => R): Promise<R>;
  /** Resolves when all work so far has ended. */
  idle(): Promise<void>;
};

export function createGroupCommit(db: DatabaseSync, committed: () => void): GroupCommit {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const savepoint = db.prepare('SAVEPOINT work');
  const undo = db.prepare('ROLLBACK TO work');
  const release = db.prepare('RELEASE work');
  const waiting: Job[] = [];
  let draining: Promise<void> | undefined;

  return {
    run<R>(work: () => R): Promise<R> {
      return new Promise<R>((resolve, reject) => {
        const attempt = () => {
          const result = work();
          return () => resolve(result);
        };
        waiting.push({ attempt, reject });
        draining ??= drain();
      });
    },
    async idle() {
      await draining;
    },
  };

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      await turn();
      await commitTogether();
    }
    // In the same turn as the last look at what waits, so that nothing is left lying.
    draining = undefined;
  }

  async function commitTogether(): Promise<void> {
    let jobs: Job[] = [];
    try {
      await whenFree(() => begin.run());
      jobs = waiting.splice(0, MOST_AT_ONCE);
      const settles = jobs.map(attempt);
      commit.run();
      for (const settle of settles) settle();
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      const failure = explain(error);
      for (const job of jobs.length > 0 ? jobs : waiting.splice(0)) job.reject(failure);
      return;
    }
    committed();
  }

  function attempt(job: Job): Settle {
    savepoint.run();
    try {
      const settle = job.attempt();
      release.run();
      return settle;
    } catch (error) {
      // A full or broken disk makes SQLite undo the whole transaction, and then nothing of it can be kept.
      if (!db.isTransaction) throw error;
      undo.run();
      release.run();
      return () => job.reject(error);
    }
  }

  function explain(error: unknown): unknown {
    if (!isSqliteError(error)) return error;
    return new Error(`Cannot store in the state file "${db.location()}": ${error.errstr}`, { cause: error });
  }
}
