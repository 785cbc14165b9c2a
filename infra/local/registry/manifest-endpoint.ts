import { digestOf } from '../../../shared/adapters/registry/content-digest.ts';
import { mediaTypeOf } from '../../../shared/adapters/registry/media-types.ts';
import { type Digest, isDigest } from '../../../shared/domain/names/digest.ts';
import { isTag } from '../../../shared/domain/names/image-reference.ts';
import { answer, contentOf, Refusal } from './answers.ts';
import { invalid, type ManifestContents, readManifest } from './manifest-checks.ts';
import type { Shelf, Visit } from './shelf.ts';

type Place = { readonly name: string; readonly reference: string };

const LARGEST = 4 * 1024 * 1024;

/** GET and HEAD by tag or digest, exactly as stored; PUT after everything it names; DELETE. */
export async function manifestEndpoint(visit: Visit, place: Place): Promise<void> {
  const { method } = visit.request;
  if (method === 'PUT') await put(visit, place);
  else if (method === 'DELETE') await visit.shelf.turns(place.name, () => remove(visit, place));
  else await serve(visit, place);
}

async function serve({ request, response, shelf }: Visit, place: Place): Promise<void> {
  const { name, reference } = place;
  const digest = isDigest(reference)
    ? reference
    : isTag(reference) && (await shelf.repositories.tag(name, reference));
  const mediaType = digest && (await shelf.repositories.mediaType(name, digest));
  const bytes = digest && mediaType && (await shelf.content.read(digest));
  if (!digest || !mediaType || !bytes) throw await unknown(shelf, name);
  response.writeHead(200, {
    'Content-Type': mediaType,
    'Content-Length': bytes.length,
    'Docker-Content-Digest': digest,
    ETag: `"${digest}"`,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

async function put(visit: Visit, { name, reference }: Place): Promise<void> {
  const { shelf, request } = visit;
  const byDigest = isDigest(reference);
  if (!byDigest && !isTag(reference)) throw invalid('the reference is neither a tag nor a sha256 digest');
  const mediaType = mediaTypeOf(request.headers['content-type']);
  const bytes = await readWhole(contentOf(request));
  const digest = digestOf(bytes);
  if (byDigest && reference !== digest) {
    throw new Refusal(400, 'DIGEST_INVALID', { message: 'the manifest has another digest' });
  }
  const contents = readManifest(bytes, mediaType);
  const { subject } = contents;
  await shelf.turns(name, async () => {
    await checkContents(shelf, name, contents);
    await shelf.content.write(bytes);
    await shelf.repositories.addManifest(name, digest, mediaType);
    if (subject !== undefined) await shelf.repositories.addReferrer(name, subject, digest);
    if (!byDigest) await shelf.repositories.setTag(name, reference, digest);
  });
  await shelf.onPush({ repository: name, digest, mediaType, ...(!byDigest && { tag: reference }) });
  answer(visit, 201, {
    Location: `/v2/${name}/manifests/${digest}`,
    'Docker-Content-Digest': digest,
    ...(subject !== undefined && { 'OCI-Subject': subject }),
  });
}

async function remove(visit: Visit, { name, reference }: Place): Promise<void> {
  const { repositories } = visit.shelf;
  const removed = isDigest(reference)
    ? await repositories.removeManifest(name, reference)
    : isTag(reference) && (await repositories.removeTag(name, reference));
  if (!removed) throw await unknown(visit.shelf, name);
  answer(visit, 202);
}

/** An image is never there before what it is made of. */
async function checkContents(
  shelf: Shelf,
  name: string,
  { blobs, children }: ManifestContents,
): Promise<void> {
  for (const { digest, size } of blobs) {
    const known = (await shelf.repositories.hasBlob(name, digest))
      ? await shelf.content.size(digest)
      : undefined;
    if (known === undefined) throw missing('blob', digest);
    if (known !== size) throw invalid(`the blob ${digest} has ${known} bytes, not ${size}`);
  }
  for (const { digest, mediaType } of children) {
    const known = await shelf.repositories.mediaType(name, digest);
    if (known === undefined) throw missing('manifest', digest);
    if (known !== mediaType) throw invalid(`the manifest ${digest} is of type "${known}"`);
  }
}

function missing(kind: 'blob' | 'manifest', digest: Digest): Refusal {
  return new Refusal(400, 'MANIFEST_BLOB_UNKNOWN', {
    message: `the ${kind} ${digest} is not in this repository`,
  });
}

async function unknown(shelf: Shelf, name: string): Promise<Refusal> {
  const known = (await shelf.repositories.tags(name)) !== undefined;
  return known
    ? new Refusal(404, 'MANIFEST_UNKNOWN', { message: 'the manifest is not in this repository' })
    : new Refusal(404, 'NAME_UNKNOWN', { message: 'there is no such repository' });
}

async function readWhole(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > LARGEST) {
      throw new Refusal(413, 'MANIFEST_INVALID', {
        message: 'the manifest is larger than 4 MiB',
        headers: { Connection: 'close' },
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
