import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import test from 'ava';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { unpackImage } from '../../shared/adapters/builders/container/unpack-image.ts';
import { follow } from '../../shared/adapters/containers/docker/follow.ts';
import { createLines } from '../../shared/adapters/containers/lines.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { buildContext } from '../helpers/build-context.ts';

const character = fc.constantFrom('a', ' ', 'ä', '€', '😀');
const line = fc.array(character, { maxLength: 20 }).map(all => all.join(''));

test('output comes as the same lines in whatever pieces', t => {
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat({ max: 9 })), (lines, sizes) => {
      const seen: string[] = [];
      const taken = createLines(line => seen.push(line));
      let rest = Buffer.from(lines.map(line => `${line}\n`).join(''));
      for (const size of sizes) {
        taken.write(rest.subarray(0, size));
        rest = rest.subarray(size);
      }
      taken.write(rest);
      taken.end();
      t.deepEqual(seen, lines);
    }),
  );
});

test('a line is cut, shown as it was written over last, and without colours', t => {
  const seen: string[] = [];
  const taken = createLines(line => seen.push(line));
  for (const text of ['x'.repeat(9_999), 'yz\n', '10%\r20', '%\r\n', '\u001b[31mred\u001b[0m\n', 'open']) {
    taken.write(Buffer.from(text));
  }
  taken.end();
  t.deepEqual(seen, [`${'x'.repeat(9_999)}y … (cut)`, '20%', 'red', 'open']);
});

test("the engine's frames are read in whatever pieces, the two streams beside each other", async t => {
  const frame = (stream: number, text: string) => {
    const head = Buffer.alloc(8);
    head[0] = stream;
    head.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const whole = Buffer.concat([frame(1, 'on'), frame(2, 'two\n'), frame(1, 'e\nthr'), frame(1, 'ee')]);
  for (const size of [1, 3, 8, 100]) {
    const pieces: Buffer[] = [];
    for (let at = 0; at < whole.length; at += size) pieces.push(whole.subarray(at, at + size));
    const seen: string[] = [];
    await follow(Readable.from(pieces), line => seen.push(line));
    t.deepEqual(seen, ['two', 'one', 'three']);
  }
});

test('what is taken out of a container stays inside of its folder, with plain files only', async t => {
  const folder = await buildContext(t, {});
  const archive = pack();
  archive.entry({ name: 'made/index.json' }, '{}');
  archive.entry({ name: 'made/../../../escaped' }, 'x');
  archive.entry({ name: 'made/link', type: 'symlink', linkname: '/etc/passwd' });
  archive.entry({ name: 'made/blobs/sha256/aa' }, 'y');
  archive.finalize();
  await unpackImage(Readable.from(archive), `${folder}/into`);
  t.deepEqual(await readdir(folder), ['into']);
  t.deepEqual((await readdir(`${folder}/into`)).toSorted(), ['blobs', 'escaped', 'index.json']);
});

test('a file that is no archive is a failure of the build', async t => {
  const folder = await buildContext(t, {});
  const archive = pack();
  archive.entry({ name: 'image.tar' }, 'x'.repeat(2_000));
  archive.finalize();
  await t.throwsAsync(unpackImage(Readable.from(archive), folder), {
    instanceOf: BuildFailure,
    message: /no tar archive/,
  });
});
