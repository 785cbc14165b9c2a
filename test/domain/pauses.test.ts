import test from 'ava';
import { instant, isClaimed, sooner } from '../../shared/domain/claims.ts';
import { pauseAfter } from '../../shared/domain/pauses.ts';
import { at, NOW } from '../helpers/a-document.ts';

const pauses = test.macro({
  exec(t, failures: number, milliseconds: number) {
    t.is(pauseAfter(failures), milliseconds);
  },
  title: (_, failures, milliseconds) => `pauseAfter(): ${failures} failures in a row, ${milliseconds} ms`,
});
test(pauses, 0, 1_000);
test(pauses, 1, 1_000);
test(pauses, 2, 2_000);
test(pauses, 5, 16_000);
test(pauses, 10, 512_000);
test(pauses, 11, 600_000);
test(pauses, 10_000, 600_000);

const claims = test.macro({
  exec(t, until: string | undefined, expected: boolean) {
    t.is(isClaimed(until === undefined ? {} : { claim: { by: 'w', until } }, NOW), expected);
  },
  title: name => `isClaimed(): ${name}`,
});
test('nobody claims it', claims, undefined, false);
test('a claim stands until its end', claims, instant(NOW + 1), true);
test('a claim that ends now has ended', claims, at(), false);
test('the claim of a worker that died has ended', claims, at(-1), false);

const earlier = test.macro({
  exec(t, a: string | undefined, b: string | undefined, expected: string | undefined) {
    t.is(sooner(a, b), expected);
    t.is(sooner(b, a), expected);
  },
  title: name => `sooner(): ${name}`,
});
test('the earlier of two', earlier, at(1), at(2), at(1));
test('never is later than any moment', earlier, at(1), undefined, at(1));
test('never and never is never', earlier, undefined, undefined, undefined);
