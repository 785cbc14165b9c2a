import type { Digest } from '../../../shared/domain/names/digest.ts';
import { isDigest } from '../../../shared/domain/names/digest.ts';
import { isRepository } from '../../../shared/domain/names/image-reference.ts';
import { answer, contentOf, Refusal } from './answers.ts';
import { parseContentRange } from './ranges.ts';
import { checkedDigest } from './routes.ts';
import type { Visit } from './shelf.ts';
import type { Upload } from './uploads.ts';

/** POST: mounts from another repository, or takes the whole blob, or begins a session. */
export async function uploadsEndpoint(visit: Visit, name: string): Promise<void> {
  const { uploads, repositories } = visit.shelf;
  const { query } = visit;
  const mount = query.get('mount');
  const from = query.get('from') ?? '';
  if (mount !== null && isDigest(mount) && isRepository(from) && (await repositories.hasBlob(from, mount))) {
    await repositories.addBlob(name, mount);
    created(visit, name, mount);
    return;
  }
  const digest = query.has('digest') ? checkedDigest(query.get('digest')) : undefined;
  const upload = await uploads.start(name);
  if (digest === undefined) {
    answer(visit, 202, whereabouts(upload));
    return;
  }
  await uploads.append(upload.id, contentOf(visit.request));
  await finish(visit, upload, digest);
}

/** One session: GET asks how far it got, PATCH appends, PUT appends the last bytes and ends it, DELETE gives up. */
export async function uploadEndpoint(
  visit: Visit,
  { name, reference: id }: { readonly name: string; readonly reference: string },
): Promise<void> {
  const { uploads } = visit.shelf;
  const upload = uploads.find(id, name);
  if (upload === undefined) {
    throw new Refusal(404, 'BLOB_UPLOAD_UNKNOWN', { message: 'there is no such upload; begin again' });
  }
  const { method } = visit.request;
  if (method === 'GET' || method === 'HEAD') {
    answer(visit, 204, whereabouts(upload));
  } else if (method === 'DELETE') {
    await uploads.cancel(id);
    answer(visit, 204);
  } else if (method === 'PATCH') {
    await receive(visit, upload);
    answer(visit, 202, whereabouts(upload));
  } else {
    const digest = checkedDigest(visit.query.get('digest'));
    await receive(visit, upload);
    await finish(visit, upload, digest);
  }
}

async function receive({ request, shelf }: Visit, upload: Upload): Promise<void> {
  const header = request.headers['content-range'];
  const range = header === undefined ? undefined : parseContentRange(header);
  if (header !== undefined && range === undefined) {
    throw new Refusal(400, 'BLOB_UPLOAD_INVALID', { message: 'expected Content-Range: START-END' });
  }
  if (await shelf.uploads.append(upload.id, contentOf(request), range?.start)) return;
  throw new Refusal(416, 'BLOB_UPLOAD_INVALID', {
    message: `the upload goes on at byte ${upload.size}`,
    headers: whereabouts(upload),
  });
}

async function finish(visit: Visit, upload: Upload, digest: Digest): Promise<void> {
  const { uploads, content, repositories } = visit.shelf;
  const { repository } = upload;
  const fits = await uploads.finish(upload.id, digest, async path => {
    await content.adopt(digest, path);
    await repositories.addBlob(repository, digest);
  });
  if (!fits) throw new Refusal(400, 'DIGEST_INVALID', { message: 'the content has another digest' });
  created(visit, repository, digest);
}

function created(visit: Visit, name: string, digest: Digest): void {
  answer(visit, 201, { Location: `/v2/${name}/blobs/${digest}`, 'Docker-Content-Digest': digest });
}

function whereabouts({ id, repository, size }: Upload): Record<string, string> {
  return {
    Location: `/v2/${repository}/blobs/uploads/${id}`,
    // An empty upload has no last byte; Docker's registry says 0-0, and its clients expect it.
    Range: `0-${Math.max(size - 1, 0)}`,
    'Docker-Upload-UUID': id,
  };
}
