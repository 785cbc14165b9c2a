import type { ExecutionContext } from 'ava';
import { type Answer, type Asked, type Served, serveRoutes } from './forge-servers/serve-routes.ts';

export const STORAGE_TOKEN = 'ya29.a-storage-token';
const PAGE = 3;

/**
 * One bucket, `acme`, as the JSON API of Cloud Storage is published to answer: media uploads, media downloads, and
 * lists by prefix in pages, deletions. https://cloud.google.com/storage/docs/json_api/v1/objects
 */
export async function serveCloudStorage(t: ExecutionContext): Promise<Served> {
  const objects = new Map<string, { readonly body: Buffer; readonly type: string }>();
  const ofBucket = (answer: (asked: Asked, name: string) => Answer) => {
    return (asked: Asked, { bucket, name = '' }: Readonly<Record<string, string>>): Answer => {
      if (asked.headers.authorization !== `Bearer ${STORAGE_TOKEN}`)
        return refused(401, 'Invalid Credentials');
      if (bucket !== 'acme') return refused(404, 'The specified bucket does not exist.');
      return answer(asked, name);
    };
  };
  return serveRoutes(t, {
    routes: {
      'POST /upload/storage/v1/b/:bucket/o': ofBucket(({ url, headers, body }) => {
        const name = url.searchParams.get('name') ?? '';
        if (url.searchParams.get('uploadType') !== 'media' || name === '') return refused(400, 'Required');
        objects.set(name, { body, type: headers['content-type'] ?? 'application/octet-stream' });
        return { body: { kind: 'storage#object', name, bucket: 'acme', size: String(body.length) } };
      }),
      'GET /storage/v1/b/:bucket/o/:name': ofBucket(({ url }, name) => {
        const found = objects.get(name);
        if (url.searchParams.get('alt') !== 'media') return refused(501, 'metadata is not served here');
        // With alt=media a refusal is plain text.
        if (found === undefined) return { status: 404, body: `No such object: acme/${name}` };
        return { body: found.body, headers: { 'Content-Type': found.type } };
      }),
      'DELETE /storage/v1/b/:bucket/o/:name': ofBucket((_, name) =>
        objects.delete(name) ? { status: 204 } : refused(404, `No such object: acme/${name}`),
      ),
      'GET /storage/v1/b/:bucket/o': ofBucket(({ url }) => {
        const prefix = url.searchParams.get('prefix') ?? '';
        const after = url.searchParams.get('pageToken') ?? '';
        const names = [...objects.keys()].filter(name => name.startsWith(prefix) && name > after).sort();
        const page = names.slice(0, PAGE);
        const more = names.length > PAGE ? { nextPageToken: page.at(-1) } : {};
        // An empty list has no items at all.
        const items = page.length === 0 ? {} : { items: page.map(name => ({ name })) };
        return { body: { kind: 'storage#objects', ...items, ...more } };
      }),
    },
    fallback: { status: 404, body: 'Not Found' },
  });
}

function refused(code: number, message: string): Answer {
  return { status: code, body: { error: { code, message, errors: [{ message, domain: 'global' }] } } };
}
