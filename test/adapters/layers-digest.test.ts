import { chmod, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { createLayersBuilder } from '../../shared/adapters/builders/layers/builder.ts';
import { buildContext } from '../helpers/build-context.ts';
import { imageContents } from '../helpers/image-contents.ts';
import { createMemoryImageStore } from '../helpers/memory-image-store.ts';

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'secret', 'näme', 'with blank', '-dash', 'x'.repeat(120)),
  fc.string({ unit: fc.constantFrom('c', 'D', '.', '~', '_', 'é'), minLength: 1, maxLength: 4 }),
);
const path = fc
  .array(name, { minLength: 1, maxLength: 3 })
  .filter(parts => parts.every(part => !/^\.{1,2}$/.test(part)))
  .map(parts => parts.join('/'));
const file = fc.record({
  path,
  content: fc.uint8Array({ maxLength: 2_000 }),
  isProgram: fc.boolean(),
  isIgnored: fc.boolean(),
});
/** No path is a folder of another one. */
const files = fc
  .uniqueArray(file, { selector: ({ path }) => path, maxLength: 8 })
  .map(all => all.filter(one => !all.some(other => other.path.startsWith(`${one.path}/`))));

const progress = { output() {}, progress() {} };

test('the same tree gives the same digest, and a layer with exactly what is not ignored', async t => {
  await fc.assert(
    fc.asyncProperty(files, fc.integer({ min: 0, max: 4e12 }), async (all, epoch) => {
      const { store } = createMemoryImageStore();
      const builder = createLayersBuilder({ store, platform: 'linux/amd64' });
      const image = { registry: 'registry.example', repository: 'x', tag: '1' };
      const digests = [];
      // Written in another order, at another time, with other modes that mean the same.
      for (const [order, modes] of [
        [all, [0o644, 0o755]],
        [all.toReversed(), [0o600, 0o711]],
      ] as const) {
        const contents = Object.fromEntries(order.map(({ path, content }) => [join('in', path), content]));
        const ignored = all.filter(one => one.isIgnored).map(one => `in/${one.path}`);
        const Dockerfile = 'FROM scratch\nCOPY in /\nLABEL last=yes\n';
        const context = await buildContext(t, {
          ...contents,
          'in/+': '',
          Dockerfile,
          '.dockerignore': ignored.join('\n'),
        });
        for (const { path, isProgram } of order) {
          const at = join(context, 'in', path);
          await chmod(at, modes[isProgram ? 1 : 0]);
          await utimes(at, digests.length, digests.length);
        }
        const signal = AbortSignal.timeout(20_000);
        const what = { image, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch };
        digests.push((await builder.build(what, progress, signal)).digest);
      }
      const found = (await imageContents(store, image)).layers.flat();
      const expected = ['+', ...all.filter(one => !one.isIgnored).map(one => one.path)].toSorted();
      t.is(digests[0], digests[1]);
      t.deepEqual(
        found
          .filter(({ type }) => type === 'file')
          .map(entry => entry.path)
          .toSorted(),
        expected,
      );
      t.true(
        found.every(
          ({ owner, mode, time }) =>
            owner === '0:0' &&
            /^(?:644|755)$/.test(mode) &&
            time === Math.min(Math.floor(epoch / 1000), 2 ** 31 - 1),
        ),
      );
    }),
    { numRuns: 60 },
  );
});
