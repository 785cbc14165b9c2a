import test from 'ava';
import { hintsContract } from '../contracts/hints.ts';
import { need } from '../helpers/need.ts';
import { pubSubPlace } from '../helpers/pubsub-place.ts';

if (need('PUBSUB_EMULATOR_HOST') === undefined) {
  test('hints through Pub/Sub', t => {
    t.log('skipped: PUBSUB_EMULATOR_HOST is not set');
    t.pass();
  });
} else {
  hintsContract(test, 'hints through Pub/Sub', async t => {
    const place = await pubSubPlace(t, { topics: ['tags', 'deploys'] });
    return { hints: place.open() };
  });
}
