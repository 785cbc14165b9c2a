import { pipeline } from 'node:stream/promises';
import type { Digest } from '../../../shared/domain/names/digest.ts';
import { answer, Refusal } from './answers.ts';
import { parseRange } from './ranges.ts';
import type { Visit } from './shelf.ts';

type Blob = { readonly name: string; readonly digest: Digest };

/** GET and HEAD, whole or in part, and DELETE, which takes the blob from this repository only. */
export async function blobEndpoint(visit: Visit, { name, digest }: Blob): Promise<void> {
  const { repositories, turns } = visit.shelf;
  if (visit.request.method === 'DELETE') {
    const removed = await turns(name, () => repositories.removeBlob(name, digest));
    if (!removed) throw unknown();
    answer(visit, 202);
    return;
  }
  if (!(await repositories.hasBlob(name, digest))) throw unknown();
  await serve(visit, digest);
}

async function serve({ request, response, shelf }: Visit, digest: Digest): Promise<void> {
  const file = await shelf.content.open(digest);
  if (file === undefined) throw unknown();
  try {
    const { size } = await file.stat();
    const range = request.method === 'GET' ? parseRange(request.headers.range, size) : undefined;
    if (range === 'unsatisfiable') {
      throw new Refusal(416, 'SIZE_INVALID', {
        message: `the blob has ${size} bytes`,
        headers: { 'Content-Range': `bytes */${size}` },
      });
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.writeHead(range === undefined ? 200 : 206, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': end - start + 1,
      'Docker-Content-Digest': digest,
      'Accept-Ranges': 'bytes',
      ETag: `"${digest}"`,
      ...(range !== undefined && { 'Content-Range': `bytes ${start}-${end}/${size}` }),
    });
    if (request.method === 'HEAD' || size === 0) response.end();
    else await pipeline(file.createReadStream({ start, end, autoClose: false }), response);
  } finally {
    await file.close();
  }
}

function unknown(): Refusal {
  return new Refusal(404, 'BLOB_UNKNOWN', { message: 'the blob is not in this repository' });
}
