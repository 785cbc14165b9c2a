import { watch } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import test from 'ava';
import { withPackedContext } from '../../shared/adapters/builders/order-artifact/pack-context.ts';
import { digestOf } from '../../shared/adapters/registry/content-digest.ts';
import { buildContext } from '../helpers/build-context.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';

const IMAGE = { registry: 'r.example', repository: 'acme/web', tag: 'c0ffee' };
const orderOf = (context: string) => ({
  ...{ image: IMAGE, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0 },
});

test('a packed context is there as long as it is used, as often as it is read', async t => {
  const temporary = await temporaryFolder(t);
  const context = await buildContext(t, { Dockerfile: 'FROM scratch\n', a: 'a' });
  const signal = AbortSignal.timeout(30_000);
  await withPackedContext(orderOf(context), { temporary, signal }, async packed => {
    const [first, second] = [await buffer(packed.content()), await buffer(packed.content())];
    t.deepEqual(first, second);
    t.is(digestOf(first), packed.digest);
    t.is(first.length, packed.size);
    t.is(packed.dockerfile, 'FROM scratch\n');
  });
  t.deepEqual(await readdir(temporary), []);
});

test('a file that cannot be read while it is packed is an error of the build, and not the end of headway', async t => {
  const temporary = await temporaryFolder(t);
  const many = Array.from({ length: 300 }, (_, i) => [`f${i}`, 'x'.repeat(5_000)]);
  const context = await buildContext(t, { Dockerfile: '', ...Object.fromEntries(many), z: 'z' });
  // Once the files are known, and long before the last of them is packed.
  const watcher = watch(temporary, () => void rm(join(context, 'z'), { force: true }));
  t.teardown(() => watcher.close());
  const signal = AbortSignal.timeout(30_000);
  const packing = withPackedContext(orderOf(context), { temporary, signal }, async () => t.fail());
  await t.throwsAsync(packing, { code: 'ENOENT' });
  t.deepEqual(await readdir(temporary), []);
});
