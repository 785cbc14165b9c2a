import test from 'ava';
import fc from 'fast-check';
import { Hook } from '../../shared/domain/configuration/hooks.ts';
import { parseRegistryPushes } from '../../shared/domain/registry-pushes/parse-registry-pushes.ts';
import { readPointer } from '../../shared/domain/registry-pushes/read-pointer.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const signature = { header: 'X-Signature' };

const finds = test.macro({
  exec(t, template: object, payload: unknown, expected: readonly string[]) {
    const hook = Hook.parse({ kind: 'generic', secret: 'env://S', ...template });
    const pushes = parseRegistryPushes({ kind: 'generic', body: JSON.stringify(payload), hook });
    t.deepEqual(
      pushes.map(({ image, digest = '' }) => `${image.registry}/${image.repository}:${image.tag}@${digest}`),
      expected,
    );
  },
  title: (name = '') => `a template finds ${name}`,
});
const names = { repository: '/repo/name', tag: '/tag' };
test('repository and tag', finds, names, { repo: { name: 'r.example/a/b' }, tag: 'v1' }, [
  'r.example/a/b:v1@',
]);
test(
  'a name under the registry that it gives',
  finds,
  { ...names, registry: 'r.example:5000/team' },
  { repo: { name: 'b' }, tag: 'v1' },
  ['r.example:5000/team/b:v1@'],
);
test('a whole reference', finds, { repository: '/image' }, { image: 'r.example/a/b:v1' }, [
  'r.example/a/b:v1@',
]);
test(
  'a list of tags',
  finds,
  { ...names, tag: '/tags' },
  { repo: { name: 'r.example/a' }, tags: ['v1', 'v2', 'v1', {}, 'a b'] },
  ['r.example/a:v1@', 'r.example/a:v2@'],
);
test(
  'the tags of every item',
  finds,
  { ...names, tag: '/images/*/tag' },
  { repo: { name: 'r.example/a' }, images: [{ tag: 'v1' }, {}, { tag: 2 }] },
  ['r.example/a:v1@', 'r.example/a:2@'],
);
test(
  'the digest of a sender that signs',
  finds,
  { ...names, signature, digest: '/digest' },
  { repo: { name: 'r.example/a' }, tag: 'v1', digest: DIGEST },
  [`r.example/a:v1@${DIGEST}`],
);
test(
  'no digest of a sender that does not sign',
  finds,
  { ...names, digest: '/digest' },
  { repo: { name: 'r.example/a' }, tag: 'v1', digest: DIGEST },
  ['r.example/a:v1@'],
);
test(
  'no digest where one stands for several tags',
  finds,
  { ...names, signature, digest: '/digest', tag: '/tags' },
  { repo: { name: 'r.example/a' }, tags: ['v1', 'v2'], digest: DIGEST },
  ['r.example/a:v1@', 'r.example/a:v2@'],
);
const when = { '/action': 'push' };
const image = { repo: { name: 'r.example/a' }, tag: 'v1' };
test('what is meant', finds, { ...names, when }, { ...image, action: 'push' }, ['r.example/a:v1@']);
test('nothing in what is not meant', finds, { ...names, when }, { ...image, action: 'delete' }, []);
test('nothing without the text that says so', finds, { ...names, when }, image, []);
test('nothing where it looks', finds, names, { name: 'r.example/a' }, []);
test('nothing in what is no image', finds, names, { repo: { name: 'Not An Image' }, tag: 'v1' }, []);
test('nothing without a tag', finds, names, { repo: { name: 'r.example/a' } }, []);

test('readPointer() follows the examples of RFC 6901', t => {
  const document = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
  };
  const rows = {
    '/foo': ['bar', 'baz'],
    '/foo/0': ['bar'],
    '/': ['0'],
    '/a~1b': ['1'],
    '/c%d': ['2'],
    '/e^f': ['3'],
    '/g|h': ['4'],
    '/i\\j': ['5'],
    '/k"l': ['6'],
    '/ ': ['7'],
    '/m~0n': ['8'],
    '/foo/2': [],
    '/nothing': [],
  };
  for (const [pointer, expected] of Object.entries(rows))
    t.deepEqual(readPointer(document, pointer), expected);
});

test('readPointer() reads anything, and only what is its own', t => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.array(fc.constantFrom('*', '0', 'a', '__proto__', 'constructor', 'length')),
      (value, steps) => {
        const found = readPointer(value, `/${steps.join('/')}`);
        return found.every(text => JSON.stringify(value).includes(JSON.stringify(text).slice(1, -1)));
      },
    ),
  );
  t.deepEqual(readPointer({}, '/constructor/name'), []);
  t.deepEqual(readPointer([], '/length'), []);
});
