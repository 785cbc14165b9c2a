import test from 'ava';
import fc from 'fast-check';
import {
  formatImageReference,
  isRepository,
  isTag,
  parseImageReference,
  sameRepository,
} from '../../shared/domain/names/image-reference.ts';

const HEX = '0123456789abcdef'.repeat(4);
const DIGEST = `sha256:${HEX}`;

const reads = test.macro({
  exec(t, text: string, canonical: string) {
    const image = parseImageReference(text);
    t.is(image && formatImageReference(image), canonical);
    t.deepEqual(parseImageReference(canonical), image);
  },
  title: (_, text, canonical) => `parseImageReference() reads ${text} as ${canonical}`,
});
test(reads, 'nginx', 'docker.io/library/nginx');
test(reads, 'nginx:1.27', 'docker.io/library/nginx:1.27');
test(reads, `nginx@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`);
test(reads, 'acme/web', 'docker.io/acme/web');
test(reads, 'docker.io/nginx', 'docker.io/library/nginx');
test(reads, 'index.docker.io/library/nginx', 'docker.io/library/nginx');
test(reads, 'registry-1.docker.io/acme/web', 'docker.io/acme/web');
test(reads, 'registry.hub.docker.com/acme/web', 'docker.io/acme/web');
test(reads, 'gcr.io/skia-public/fiddler', 'gcr.io/skia-public/fiddler');
test(reads, 'gcr.io/skia-public/fiddler:prod', 'gcr.io/skia-public/fiddler:prod');
test(reads, `gcr.io/skia-public/fiddler@${DIGEST}`, `gcr.io/skia-public/fiddler@${DIGEST}`);
test(reads, `ghcr.io/acme/web:v1@${DIGEST}`, `ghcr.io/acme/web:v1@${DIGEST}`);
test(reads, 'localhost/web', 'localhost/web');
test(reads, 'localhost:5000/web:1', 'localhost:5000/web:1');
test(reads, '127.0.0.1:5000/a/b/c', '127.0.0.1:5000/a/b/c');
test(reads, '[::1]:5000/web', '[::1]:5000/web');
test(reads, '[2001:db8::1]/web', '[2001:db8::1]/web');
test(reads, 'GHCR.io/acme/web', 'ghcr.io/acme/web');
test(reads, 'Docker.IO/nginx', 'docker.io/library/nginx');
test(reads, 'LOCALHOST:5000/web', 'localhost:5000/web');
test(reads, 'registry:5000/web', 'registry:5000/web');
test(reads, 'a--b/c__d.e_f', 'docker.io/a--b/c__d.e_f');
test(reads, 'web:_x', 'docker.io/library/web:_x');
test(reads, 'localhost:5000', 'docker.io/library/localhost:5000');
test(reads, `ghcr.io/${'x'.repeat(255)}`, `ghcr.io/${'x'.repeat(255)}`);
test(reads, `web:${'x'.repeat(128)}`, `docker.io/library/web:${'x'.repeat(128)}`);

const refuses = test.macro({
  exec: (t, text: string) => t.is(parseImageReference(text), undefined),
  title: (name, text) => `parseImageReference() refuses ${name ?? JSON.stringify(text)}`,
});
test('nothing', refuses, '');
test('a bare tag', refuses, ':tag');
test('a bare digest', refuses, `@${DIGEST}`);
test('a registry without a repository', refuses, 'gcr.io/');
test('a registry with a tag only', refuses, 'gcr.io/:tag');
test('a digest of 63 digits', refuses, `gcr.io/skia-public/fiddler@sha256:${HEX.slice(1)}`);
test('a digest of 65 digits', refuses, `gcr.io/skia-public/fiddler@${DIGEST}0`);
test('a digest in capitals', refuses, `nginx@${DIGEST.toUpperCase()}`);
test('another algorithm', refuses, `nginx@sha512:${HEX}${HEX}`);
test('two digests', refuses, `nginx@${DIGEST}@${DIGEST}`);
test('an empty tag', refuses, 'nginx:');
test('a tag that is too long', refuses, `nginx:${'x'.repeat(129)}`);
test('a tag that begins with a dot', refuses, 'nginx:.1');
test('a repository that is too long', refuses, `ghcr.io/${'x'.repeat(256)}`);
test('an identifier of an image', refuses, HEX);
for (const text of [
  'Acme/Web',
  'Registry/web',
  'ghcr.io:443:443/web',
  '1.2.3.400/web',
  'acme/Web',
  'ghcr.io/Acme/web',
  'nginx/',
  '/nginx',
  'a//b',
  'a/../b',
  'ghcr.io/../b',
  'a/./b',
  'a___b',
  'a._b',
  '-a',
  'a-',
  'a/-b',
  'a b',
  'nginx\n',
  'nginx:1\n',
  ' nginx',
  'https://ghcr.io/acme/web',
  'user@ghcr.io/acme/web',
  'user:word@ghcr.io/acme/web',
  'ghcr.io:port/web',
  'ghcr.io:123456/web',
  'ghcr.io:99999/web',
  'ghcr.io:0/web',
  '-ghcr.io/web',
  'ghcr..io/web',
  'ghcr-.io/web',
  '[::1/web',
  '[g::1]/web',
  '[:::]/web',
  'a/b?c',
  'a/b#c',
  'a/b%2fc',
  'ünï/code',
]) {
  test(refuses, text);
}

const part = fc.stringMatching(/^[a-z0-9]{1,8}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
const images = fc.record(
  {
    registry: fc.constantFrom(
      'docker.io',
      'ghcr.io',
      'localhost',
      '127.0.0.1:5000',
      '[::1]:80',
      'a.b-c.example',
    ),
    repository: fc.array(part, { minLength: 2, maxLength: 4 }).map(parts => parts.join('/')),
    tag: fc.stringMatching(/^\w[\w.-]{0,20}$/),
    digest: fc.stringMatching(/^[0-9a-f]{64}$/).map(hex => `sha256:${hex}`),
  },
  { requiredKeys: ['registry', 'repository'] },
);

test('parseImageReference() is the inverse of formatImageReference()', t => {
  fc.assert(
    fc.property(images, image => {
      t.deepEqual(parseImageReference(formatImageReference(image)), { ...image });
    }),
  );
});

test('parseImageReference() never throws, and what it reads is canonical', t => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9:/@.[\]_-]{0,40}$/));
  fc.assert(
    fc.property(texts, text => {
      const image = parseImageReference(text);
      if (image !== undefined) t.deepEqual(parseImageReference(formatImageReference(image)), image);
    }),
  );
  t.pass();
});

test('parseImageReference() reads hostile text in linear time', t => {
  for (const text of [
    'a-'.repeat(50_000),
    '-'.repeat(100_000),
    `a${'_'.repeat(100_000)}`,
    'a/'.repeat(50_000),
    '.'.repeat(100_000),
  ]) {
    const start = performance.now();
    t.is(parseImageReference(text), undefined);
    t.is(parseImageReference(`x.y/${text}`), undefined);
    t.true(performance.now() - start < 500);
  }
});

test('sameRepository() looks at neither tag nor digest', t => {
  const one = { registry: 'ghcr.io', repository: 'a/b' };
  t.true(sameRepository({ ...one, tag: 'x' }, { ...one, digest: DIGEST }));
  t.false(sameRepository(one, { ...one, registry: 'quay.io' }));
  t.false(sameRepository(one, { ...one, repository: 'a/c' }));
});

test('isRepository() and isTag() let no path escape', t => {
  for (const text of [
    '',
    '.',
    '..',
    'a/..',
    '../a',
    '/a',
    'a/',
    'a\\b',
    'a\0',
    '_tags',
    'a/_tags',
    '%2e%2e',
  ]) {
    t.false(isRepository(text), text);
  }
  for (const text of ['', '.', '..', '../a', 'a/b', '/', 'a\0', 'a\\b']) t.false(isTag(text), text);
});
