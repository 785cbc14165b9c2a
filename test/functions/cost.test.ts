import test from 'ava';
import { countPush } from '../helpers/count-push.ts';

/**
 * What one push of a tree of three images (a base, and two that run) costs from the webhook to both running. Whoever
 * makes it cheaper lowers these, and the README's section "On Google Cloud" with them.
 */
const MOST = { reads: 86, writes: 44, messages: 11 };

test('one push of a three-image tree costs no more reads, writes and messages than the README says', async t => {
  const { running, served, ...counted } = await countPush();
  t.log(JSON.stringify(counted));
  t.deepEqual(Object.keys(running), ['api', 'web']);
  for (const image of ['api', 'web']) {
    t.is(running[image], served[`registry.example/shop/${image}:prod`]);
  }
  for (const what of ['reads', 'writes', 'messages'] as const) {
    t.true(counted[what] <= MOST[what], `${counted[what]} ${what}; so far ${MOST[what]}`);
  }
});
