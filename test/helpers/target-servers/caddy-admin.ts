import type { ExecutionContext } from 'ava';
import { serveHttp } from '../serve-http.ts';

type Written = { readonly method: string; readonly path: string };

/**
 * The part of Caddy's admin API that keeps a document, as https://caddyserver.com/docs/api tells it: one step of a
 * path is made, PUT inserts and never replaces, PATCH replaces what there is, `/id/…` finds an `@id`.
 */
export async function startCaddyAdmin(t: ExecutionContext, { config = null as unknown, refuse = '' } = {}) {
  const root = { config };
  const written: Written[] = [];
  const host = await serveHttp(t, async (request, response) => {
    const { method = '', url: path = '' } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (method === 'GET') {
      response.end(JSON.stringify(root.config));
      return;
    }
    written.push({ method, path });
    const text = Buffer.concat(chunks).toString();
    const problem = refuse || write(root, { method, path, body: text === '' ? undefined : JSON.parse(text) });
    response.statusCode = problem === undefined ? 200 : 400;
    response.end(problem === undefined ? '' : JSON.stringify({ error: problem }));
  });
  return { admin: `http://${host}`, root, written };
}

function write(
  root: object,
  { method, path, body }: Written & { readonly body: unknown },
): string | undefined {
  const steps = path.startsWith('/id/') ? pathTo(root, path.slice(4)) : path.split('/').filter(Boolean);
  const last = steps?.at(-1);
  if (steps === undefined || last === undefined) return `unknown object ID '${path}'`;
  const parent = steps
    .slice(0, -1)
    .reduce<unknown>((value, step) => (value instanceof Object ? Reflect.get(value, step) : undefined), root);
  if (!(parent instanceof Object)) return `invalid traversal path at: ${path}`;
  if (Array.isArray(parent) && method === 'PUT') parent.splice(Number(last), 0, body);
  else if (Array.isArray(parent) && method === 'DELETE') parent.splice(Number(last), 1);
  else if (method === 'PUT' && last in parent) return `key already exists: ${last}`;
  else if (method === 'PATCH' && !(last in parent)) return `key does not exist: ${last}`;
  else if (method === 'DELETE') Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, body);
  return undefined;
}

function pathTo(value: unknown, id: string): string[] | undefined {
  if (!(value instanceof Object)) return undefined;
  if (Reflect.get(value, '@id') === id) return [];
  for (const [key, inner] of Object.entries(value)) {
    const below = pathTo(inner, id);
    if (below !== undefined) return [key, ...below];
  }
  return undefined;
}
