import test from 'ava';
import { imageHistory } from '../../shared/domain/results/image-history.ts';
import { layerRows } from '../../shared/domain/results/layer-rows.ts';
import { manifestPage } from '../../shared/domain/results/manifest-page.ts';

const start = Date.parse('2023-07-05T12:00:00Z');
const LAYERS = {
  sizes: 'uncompressed',
  entries: [
    { createdAt: start, command: '/bin/sh -c #(nop) ADD file:1 in / ', size: 72_800_000, tags: [] },
    { createdAt: start, command: '/bin/sh -c #(nop)  CMD ["bash"]', size: 0, tags: ['base:1'] },
    {
      createdAt: start + 60_000,
      command: '/bin/bash -o pipefail -c apt-get update | tee `x`',
      size: 4_321,
      tags: [],
    },
    { createdAt: start + 3_783_000, command: 'COPY a b', size: 97, tags: ['web:1', 'web:latest'] },
  ],
} as const;
const lines = (count: number) => Array.from({ length: count + 1 }, (_, at) => `line ${at}`).join('\n');

test('the page is the layer table and a section for each info command, in their order (DH-13)', t => {
  const info = [
    { description: 'Python Version', command: 'python --version', output: 'Python 3.11.8\n' },
    { description: 'Conda Info', command: 'conda info', output: undefined },
  ];
  t.is(
    manifestPage({ layers: LAYERS, info }),
    `|    | createdAt           | CMD            | hSize   | hcumSize   | elapsed   | Tags              |
|---:|:--------------------|:---------------|:--------|:-----------|:----------|:------------------|
|  0 | 2023-07-05 12:00:00 | \`CMD ["bash"]\` | 0 B     | 72.8 MB    |           | base:1            |
|  2 | 2023-07-05 13:03:03 | \`COPY a b\`     | 97 B    | 72.8 MB    | 1h2m3s    | web:1, web:latest |

## Python Version

\`\`\`
Python 3.11.8
\`\`\`




## Conda Info

\`\`\`
Failed to execute cmd
\`\`\``,
  );
});

test('three info commands make three sections (DH-12)', t => {
  const info = ['Python Version', 'Conda Info', 'Conda Packages'].map(description => ({
    description,
    command: 'x',
    output: 'sample_output',
  }));
  const page = manifestPage({ layers: LAYERS, info });
  t.deepEqual(
    [...page.matchAll(/^## (.*)\n\n```\nsample_output\n```$/gm)].map(([, heading]) => heading),
    ['Python Version', 'Conda Info', 'Conda Packages'],
  );
});

const folded = test.macro({
  exec: (t, count: number, isFolded: boolean) => {
    const info = [{ description: 'D', command: 'd', output: lines(count) }];
    const page = manifestPage({ layers: LAYERS, info });
    const block = `\`\`\`\n${lines(count)}\n\`\`\``;
    const expected = isFolded ? `<details>\n<summary>Details</summary>\n\n${block}\n</details>` : block;
    t.true(page.endsWith(`\n## D\n\n${expected}`));
  },
  title: (_, count, isFolded) => `${count} newlines are ${isFolded ? 'folded away' : 'plain'} (DH-31)`,
});
test(folded, 30, false);
test(folded, 31, true);

test('output with fences of its own stays inside its block', t => {
  const output = 'a\n```\nb';
  t.true(
    manifestPage({ layers: LAYERS, info: [{ description: 'D', command: 'd', output }] }).endsWith(
      `\n\`\`\`\`\n${output}\n\`\`\`\``,
    ),
  );
});

test('sizes that are those in the registry are called so', t => {
  t.regex(
    manifestPage({ layers: { ...LAYERS, sizes: 'compressed' }, info: [] }),
    /\| hSize \(compressed\)\s+\| hcumSize \(compressed\)/,
  );
});

test('row 1 has no elapsed time: its step began when the row before ended', t => {
  const entries = [
    { createdAt: start, command: 'a', size: 1, tags: ['base:1'] },
    { createdAt: start + 9_000, command: 'b', size: 1, tags: ['web:1'] },
    { createdAt: start + 12_000, command: 'c', size: 1, tags: ['api:1'] },
  ];
  t.deepEqual(
    layerRows({ entries, sizes: 'compressed' }).map(({ elapsed, cumulative }) => [elapsed, cumulative]),
    [
      ['', '1 B'],
      ['0s', '2 B'],
      ['3s', '3 B'],
    ],
  );
});

test("an image's history has its own name at its end and each ancestor's where that ends", t => {
  const step = (created_by: string, empty_layer = false) => ({
    created_by,
    empty_layer,
    created: '2023-07-05T12:00:00Z',
  });
  const base = { rootfs: { diff_ids: ['a'] }, history: [step('ADD'), step('CMD', true)] };
  const web = {
    rootfs: { diff_ids: ['a', 'b'] },
    history: [...base.history, step('ENV', true), step('RUN')],
  };
  const other = { rootfs: { diff_ids: ['x'] }, history: [step('ADD')] };
  const named = (name: string, configuration: typeof base) => ({ name, configuration });
  const ancestors = [named('base:1', base), named('other:1', other)];
  const found = imageHistory(named('web:1', web), { sizes: [10, 20], ancestors });
  t.deepEqual(
    found.entries.map(({ command, size, tags }) => [command, size, ...tags]),
    [
      ['ADD', 10],
      ['CMD', 0, 'base:1'],
      ['ENV', 0],
      ['RUN', 20, 'web:1'],
    ],
  );
  const bare = imageHistory(named('web:1', { ...web, history: [] }), { sizes: [10, 20], ancestors });
  t.deepEqual(
    bare.entries.map(({ size, tags }) => [size, ...tags]),
    [
      [10, 'base:1'],
      [20, 'web:1'],
    ],
  );
});
