import test from 'ava';
import fc from 'fast-check';
import { imageLabels, readBases } from '../../shared/domain/builds/image-labels.ts';

const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map(hex => `sha256:${hex}`);
const name = fc
  .stringMatching(/^[a-z0-9](?:[a-z0-9._-]{0,20}[a-z0-9])?$/)
  .filter(text => text !== '__proto__');

test('readBases() tells from the labels of an image what imageLabels() was told it is built from', t => {
  fc.assert(
    fc.property(fc.option(digest, { nil: undefined }), fc.dictionary(name, digest), (first, further) => {
      const labels = imageLabels({ commit: 'c0ffee', parentDigest: first, parentDigests: further });
      t.deepEqual(readBases(labels), { first, further: { ...further } });
    }),
  );
});

test('imageLabels() says nothing of images that there are not', t => {
  t.deepEqual(imageLabels({ commit: 'c0ffee', parentDigests: {} }), {
    'org.opencontainers.image.revision': 'c0ffee',
  });
});

test('readBases() leaves out what is no digest', t => {
  const labels = {
    'org.opencontainers.image.base.digest': 'latest',
    'dev.headway.further-bases': `tools@latest  web @ @sha256:${'0'.repeat(64)}`,
  };
  t.deepEqual(readBases(labels), { first: undefined, further: {} });
});
