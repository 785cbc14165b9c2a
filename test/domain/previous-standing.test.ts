import test from 'ava';
import type { Move } from '../../shared/domain/documents/move.ts';
import { previousStanding } from '../../shared/domain/tags/previous-standing.ts';
import { at, digest, sha } from '../helpers/a-document.ts';

const end = (name: string) => ({ commit: sha(name), digest: digest(name) });

/** A ledger, the newest entry first, of a tag that was moved to these in turn. */
function ledger(...names: readonly string[]): Move[] {
  return names
    .map((name, i): Move => {
      const from = names[i - 1];
      return {
        ...{ image: 'web', tag: 'prod', sequence: i + 1, at: at(i), verdict: 'moved', reason: 'so' },
        to: end(name),
        ...(from !== undefined && { from: end(from) }),
      };
    })
    .toReversed();
}

const goesBack = test.macro({
  exec(t, moves: readonly Move[], expected: string | undefined) {
    t.deepEqual(previousStanding(moves), expected === undefined ? undefined : end(expected));
  },
  title: name => `previousStanding(): ${name}`,
});
test('nowhere, where nothing is known', goesBack, [], undefined);
test('nowhere from the first', goesBack, ledger('c1'), undefined);
test('the one before', goesBack, ledger('c1', 'c2', 'c3'), 'c2');
test('after a rollback the one before that', goesBack, ledger('c1', 'c2', 'c3', 'c2'), 'c1');
test('after a rollback over several, the one before', goesBack, ledger('c1', 'c2', 'c3', 'c4', 'c2'), 'c1');
test('after a way forward from a rollback', goesBack, ledger('c1', 'c2', 'c1', 'c3'), 'c1');
test(
  'what was refused or waited does not count',
  goesBack,
  [{ ...ledger('c9')[0], verdict: 'refused' } as Move, ...ledger('c1', 'c2')],
  'c1',
);
test('where the ledger begins in the middle', goesBack, ledger('c1', 'c2', 'c3').slice(0, 1), 'c2');
