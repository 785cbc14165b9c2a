import test from 'ava';
import { createPubSubHints } from '../../shared/adapters/hints/pubsub.ts';
import { hint } from '../contracts/hints.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

// Nobody listens on port 1, and nobody looks for Google's metadata server.
process.env['PUBSUB_EMULATOR_HOST'] = '127.0.0.1:1';
process.env['METADATA_SERVER_DETECTION'] = 'none';

test('while Pub/Sub cannot be reached, publishing fails within 10 seconds', async t => {
  const hints = createPubSubHints({ projectId: 'shop', prefix: 'headway', log });
  t.teardown(() => hints.close());
  const began = performance.now();
  await t.throwsAsync(hints.publish([hint('a')]), { message: /UNAVAILABLE/ });
  t.true(performance.now() - began < 10_000);
});
