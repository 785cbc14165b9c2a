import test from 'ava';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { inRegistry, notify, prod, startOn } from '../helpers/world/prod-of-web.ts';

test('The act ends before its claim: a registry that answers too late moves nothing', async t => {
  const life = await startOn(['c1']);
  const timeout = AbortSignal.timeout;
  AbortSignal.timeout = () => AbortSignal.abort(new Error('too late'));
  t.teardown(() => {
    AbortSignal.timeout = timeout;
  });
  await notify(life, 'c2');
  t.is(inRegistry(life), digestOf('web', 'c1', ''));
  t.like(await prod(life), { lastError: 'too late', claim: undefined } as object);
});
