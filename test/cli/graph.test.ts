import test from 'ava';
import fc from 'fast-check';
import { drawTree } from '../../infra/cli/plan/draw-tree.ts';
import { mermaid } from '../../infra/cli/plan/mermaid.ts';
import { layOut } from '../../infra/cli/plan/tree-layout.ts';
import { treeSvg } from '../../infra/cli/plan/tree-svg.ts';
import { buildOrder, type ImageTree } from '../../shared/domain/tree/image-tree.ts';

const family = tree({ base: [], end: ['base'], ml: ['base'], gpu: ['ml', 'end'], alone: [] });

const trees = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.nat(2)), { minLength: 1, maxLength: 30 })
  .map(all =>
    tree(
      Object.fromEntries(
        all.map(([a, b, how], i) => [
          `i${i}`,
          i === 0 ? [] : [...new Set([`i${a % i}`, `i${b % i}`].slice(0, how))],
        ]),
      ),
    ),
  );

test('a tree is drawn with its lines, each image once, under the first of its parents', t => {
  t.deepEqual(
    drawTree(family).map(({ drawing }) => drawing),
    ['base', '├─ end', '└─ ml', '   └─ gpu', 'alone'],
  );
});

test('Mermaid gets names as text only, so that one may be called "end"', t => {
  t.deepEqual(mermaid(family).split('\n'), [
    'flowchart LR',
    '  i0["base"]',
    '  i1["alone"]',
    '  i2["end"]',
    '  i3["ml"]',
    '  i4["gpu"]',
    '  i0 --> i2',
    '  i0 --> i3',
    '  i3 --> i4',
    '  i2 --> i4',
  ]);
});

test('no two images have one place, a parent is left of what stands on it, and every image is drawn', t => {
  fc.assert(
    fc.property(trees, images => {
      const { boxes, rows } = layOut(images);
      const at = new Map(boxes.map(box => [box.name, box]));
      const places = new Set(boxes.map(({ level, row }) => `${level} ${row}`));
      const isLeft = (parent: string, level: number) => (at.get(parent)?.level ?? level) < level;
      return (
        places.size === images.length &&
        drawTree(images).length === images.length &&
        boxes.every(({ row }) => row >= 0 && row < rows) &&
        images.every(({ name, parents }) => parents.every(parent => isLeft(parent, at.get(name)?.level ?? 0)))
      );
    }),
  );
  t.pass();
});

test('a picture has a box and a name for each image, a line for each parent, and dashes for the second', t => {
  const svg = treeSvg(family);
  t.is(svg.match(/<rect /g)?.length, 5);
  t.is(svg.match(/<path /g)?.length, 4);
  t.is(svg.match(/stroke-dasharray/g)?.length, 1);
  for (const { name } of family) t.true(svg.includes(`>${name}</text>`));
  t.false(/NaN|undefined/.test(svg));
});

test('a chain of 10,000 images is drawn, too', t => {
  const chain = tree(
    Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`i${i}`, i === 0 ? [] : [`i${i - 1}`]])),
  );
  t.is(layOut(chain).boxes.at(-1)?.level, 9_999);
});

function tree(parents: Readonly<Record<string, readonly string[]>>): ImageTree {
  const images = Object.entries(parents).map(([name, above]) => ({
    name,
    folder: name,
    dockerfile: `${name}/Dockerfile`,
    repository: undefined,
    parents: above,
    parentArg: 'BASE',
    args: {},
  }));
  return buildOrder(images).order;
}
