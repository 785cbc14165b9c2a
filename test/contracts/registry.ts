import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type { RegistryClient } from '../../shared/adapters/registry/client.ts';
import { digestOf } from '../../shared/adapters/registry/content-digest.ts';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import { DOCKER_MANIFEST } from '../../shared/domain/names/manifest-types.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import { collect } from '../helpers/collect.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';
import { blobOf, contentOf, indexOf, push, type SmallImage, smallImage } from '../helpers/small-image.ts';

type Register = (title: string, implementation: (t: ExecutionContext) => Promise<void>) => void;
/** A client, and the host of a registry that it may write to. */
export type OpenRegistry = (
  t: ExecutionContext,
) => Promise<{ readonly client: RegistryClient; readonly host: string } | undefined>;

type Place = { readonly client: RegistryClient; readonly at: ImageReference; readonly word: string };

/** What the client promises with every registry. */
export function registryContract(test: Register, name: string, open: OpenRegistry): void {
  const claim = (title: string, check: (t: ExecutionContext, place: Place) => Promise<void>) => {
    test(`${name} ${title}`, async t => {
      const opened = await open(t);
      if (opened === undefined) return;
      const word = randomUUID();
      const at = { registry: opened.host, repository: `headway-test/${word}`, tag: 'one' };
      await check(t, { client: opened.client, at, word });
    });
  };

  claim('gives back an image as it was pushed', async (t, { client, at, word }) => {
    const image = smallImage(word);
    t.is(await push(client, at, image), image.digest);
    const expected = { digest: image.digest, mediaType: image.mediaType, size: image.bytes.length };
    t.deepEqual(await client.head(at), expected);
    t.deepEqual(await client.head({ ...at, digest: image.digest }), expected);
    const found = await client.manifest(at);
    t.deepEqual(Buffer.from(found?.bytes ?? []), Buffer.from(image.bytes));
    const [config, layer] = image.blobs;
    t.deepEqual(Buffer.from(await client.blob(at, config.digest)), Buffer.from(config.bytes));
    t.deepEqual(Buffer.concat(await collect(client.content(at, layer.digest))), Buffer.from(layer.bytes));
  });

  claim('moves a tag by copying the bytes unchanged, as often as asked', async (t, { client, at, word }) => {
    for (const image of [smallImage(`${word} a`, DOCKER_MANIFEST), smallImage(`${word} b`)]) {
      await push(client, at, image);
      for (const _ of [1, 2]) await client.retag(at, image.digest, 'prod');
      const found = await client.manifest({ ...at, tag: 'prod' });
      t.is(found?.digest, image.digest);
      t.is(found?.mediaType, image.mediaType);
      t.deepEqual(Buffer.from(found?.bytes ?? []), Buffer.from(image.bytes));
    }
  });

  claim(
    'says undefined of what is not there, and refuses to move a tag to it',
    async (t, { client, at, word }) => {
      t.is(await client.head(at), undefined);
      t.deepEqual(await collect(client.tags(at)), []);
      await push(client, at, smallImage(word));
      t.is(await client.head({ ...at, tag: 'two' }), undefined);
      t.is(await client.manifest({ ...at, digest: digestOf(Buffer.from(word)) }), undefined);
      const error = await t.throwsAsync(client.retag(at, digestOf(Buffer.from(word)), 'prod'), {
        instanceOf: RegistryError,
      });
      t.regex(
        error.message,
        /^Cannot move tag ".*:prod": sha256:\w+ is not in the repository; push it first$/,
      );
      t.is(await client.head({ ...at, tag: 'prod' }), undefined);
    },
  );

  claim('takes a tag away and nothing else, or says that it cannot', async (t, { client, at, word }) => {
    const image = smallImage(word);
    await push(client, at, image);
    await client.retag(at, image.digest, 'gone');
    const refused = await client.untag(at, 'gone').then(
      () => undefined,
      (error: unknown) => error,
    );
    t.is((await client.head(at))?.digest, image.digest);
    t.is(
      (await client.head({ ...at, tag: 'gone' }))?.digest,
      refused === undefined ? undefined : image.digest,
    );
    if (refused === undefined) {
      await t.notThrowsAsync(client.untag(at, 'gone'), 'as often as asked');
      return;
    }
    t.true(refused instanceof RegistryError && !refused.temporary);
    t.regex(String(refused), /^RegistryError: Cannot take away tag ".*:gone": .* answered 4\d\d /);
  });

  claim('lists every tag of a repository', async (t, { client, at, word }) => {
    const { digest } = smallImage(word);
    await push(client, at, smallImage(word));
    const tags = ['a', 'B', '_1', '1.2.3-rc.1', 'x'.repeat(128)];
    for (const tag of tags) await client.retag(at, digest, tag);
    t.deepEqual((await collect(client.tags(at))).sort(), [...tags, 'one'].sort());
  });

  claim('stores an index of two platforms', async (t, { client, at, word }) => {
    const { registry, repository } = at;
    const byDigest = { registry, repository };
    const children = [smallImage(`${word} amd64`), smallImage(`${word} arm64`, DOCKER_MANIFEST)];
    for (const child of children) await push(client, byDigest, child);
    const index = indexOf(children);
    t.is(await client.putManifest(at, index.mediaType, index.bytes), index.digest);
    t.like(await client.head(at), { digest: index.digest, mediaType: index.mediaType });
    for (const { digest } of children) t.is((await client.head({ ...byDigest, digest }))?.digest, digest);
  });

  claim(
    'has a blob mounted from another repository, without its content',
    async (t, { client, at, word }) => {
      const blob = blobOf(Buffer.from(word));
      await client.ensureBlob(at, blob, { content: contentOf(blob) });
      const other = { ...at, repository: `${at.repository}/other` };
      await client.ensureBlob(other, blob, {
        from: at,
        content: () => {
          throw new Error('the content was asked for');
        },
      });
      t.deepEqual(Buffer.from(await client.blob(other, blob.digest)), Buffer.from(blob.bytes));
    },
  );

  claim('copies an image to another registry and back', async (t, { client, at, word }) => {
    const image = smallImage(word);
    await push(client, at, image);
    const there = { ...at, registry: await serveRegistry(t) };
    const back = { ...at, repository: `${at.repository}/back` };
    await copy(client, image, { from: at, to: there });
    await copy(client, image, { from: there, to: back });
    t.is((await client.head(back))?.digest, image.digest);
  });

  claim('refuses content that does not fit its digest', async (t, { client, at, word }) => {
    const right = blobOf(Buffer.from(word));
    const wrong = Buffer.from(word.toUpperCase());
    const error = await t.throwsAsync(
      client.ensureBlob(at, right, { content: contentOf({ bytes: wrong }) }),
      { instanceOf: RegistryError },
    );
    t.false(error.temporary);
    t.true(error.codes.includes('DIGEST_INVALID'), error.message);
    await t.throwsAsync(client.blob(at, right.digest), { instanceOf: RegistryError });
    const digest = right.digest;
    await t.throwsAsync(client.putManifest({ ...at, digest }, DOCKER_MANIFEST, smallImage(word).bytes), {
      message: /its digest is sha256:\w+, expected sha256:/,
    });
  });

  claim('refuses a manifest whose layers are not there', async (t, { client, at, word }) => {
    const { mediaType, bytes } = smallImage(word);
    const error = await t.throwsAsync(client.putManifest(at, mediaType, bytes), {
      instanceOf: RegistryError,
    });
    t.true(error.codes.includes('MANIFEST_BLOB_UNKNOWN'), error.message);
    t.is(await client.head(at), undefined);
  });
}

async function copy(
  client: RegistryClient,
  image: SmallImage,
  { from, to }: { readonly from: ImageReference; readonly to: ImageReference },
): Promise<void> {
  for (const blob of image.blobs) await client.ensureBlob(to, blob, { from });
  await client.putManifest(to, image.mediaType, image.bytes);
}
