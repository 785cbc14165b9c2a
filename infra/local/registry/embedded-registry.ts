import { mkdirSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { answerJson, answerRefusal, Refusal } from './answers.ts';
import { type Authorize, authenticate } from './basic-authentication.ts';
import { blobEndpoint } from './blob-endpoint.ts';
import { createContentStore } from './content-store.ts';
import { catalogEndpoint, referrersEndpoint, tagsEndpoint } from './listing-endpoints.ts';
import { manifestEndpoint } from './manifest-endpoint.ts';
import { createRepositories } from './repositories.ts';
import { type Route, routeOf } from './routes.ts';
import type { Push, Shelf, Visit } from './shelf.ts';
import { createTurns } from './turns.ts';
import { uploadEndpoint, uploadsEndpoint } from './upload-endpoints.ts';
import { createUploads } from './uploads.ts';

export type { Login } from './basic-authentication.ts';
export type { Push } from './shelf.ts';

export type EmbeddedRegistryOptions = {
  /** The folder of everything. One process at a time. */
  readonly root: string;
  /** Without it, everybody may do everything: for loopback only. */
  readonly authorize?: Authorize;
  /** Called after each manifest is stored and before that is answered; if it fails, so does the push. */
  readonly onPush?: (push: Push) => void | Promise<void>;
  /** Told of what was answered with 500: a disk that is full, a fault. */
  readonly onError?: (error: unknown) => void;
  /** The most names of a list in one answer. */
  readonly pageSize?: number;
};

/** Each kind of path and the methods that it has. */
const METHODS: Readonly<Record<Route['kind'], readonly string[]>> = {
  api: ['GET', 'HEAD'],
  catalog: ['GET', 'HEAD'],
  tags: ['GET', 'HEAD'],
  referrers: ['GET', 'HEAD'],
  uploads: ['POST'],
  upload: ['GET', 'HEAD', 'PATCH', 'PUT', 'DELETE'],
  blob: ['GET', 'HEAD', 'DELETE'],
  manifest: ['GET', 'HEAD', 'PUT', 'DELETE'],
};

/**
 * An image registry in a folder, to be served under `/v2/` by a `node:http` server: the OCI distribution
 * specification 1.1 and Docker's registry API v2. Content is on disk under its digest before it is acknowledged,
 * and is never served by halves, whenever the process ends. Blobs are streamed, never held in memory; the server's
 * own `requestTimeout` must leave time for them.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 *
 * @throws when the folder cannot be written.
 */
export function createEmbeddedRegistry(
  options: EmbeddedRegistryOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { authorize, onError = () => {} } = options;
  const shelf = createShelf(options);
  return async function registry(request, response) {
    const exchange = { request, response };
    response.setHeader('Docker-Distribution-API-Version', 'registry/2.0');
    try {
      if (authorize !== undefined) await authenticate(request, authorize);
      const [path = '', ...query] = (request.url ?? '').split('?');
      const visit = { ...exchange, shelf, query: new URLSearchParams(query.join('?')) };
      await visitRoute(visit, routeOf(path));
    } catch (error) {
      // Half an answer, or a caller who is gone: there is nothing more to say.
      if (response.headersSent || (request.destroyed && !request.complete)) response.destroy();
      else if (error instanceof Refusal) answerRefusal(exchange, error);
      else {
        onError(error);
        answerRefusal(exchange, new Refusal(500, 'UNKNOWN', { message: 'the registry failed; try again' }));
      }
    }
  };
}

/** What is left of uploads that a former process had begun is removed. */
function createShelf({ root, onPush = () => {}, pageSize = 1_000 }: EmbeddedRegistryOptions): Shelf {
  const drafts = join(root, 'drafts');
  rmSync(drafts, { recursive: true, force: true });
  mkdirSync(drafts, { recursive: true });
  return {
    content: createContentStore({ root: join(root, 'content'), drafts }),
    repositories: createRepositories({ root: join(root, 'repositories'), drafts }),
    uploads: createUploads(drafts),
    turns: createTurns(),
    onPush,
    pageSize,
  };
}

async function visitRoute(visit: Visit, route: Route): Promise<void> {
  const methods = METHODS[route.kind];
  if (!methods.includes(visit.request.method ?? '')) {
    const message = `expected ${methods.join(', ')}`;
    throw new Refusal(405, 'UNSUPPORTED', { message, headers: { Allow: methods.join(', ') } });
  }
  switch (route.kind) {
    case 'api':
      return answerJson(visit, {});
    case 'catalog':
      return await catalogEndpoint(visit);
    case 'tags':
      return await tagsEndpoint(visit, route.name);
    case 'referrers':
      return await referrersEndpoint(visit, route);
    case 'uploads':
      return await uploadsEndpoint(visit, route.name);
    case 'upload':
      return await uploadEndpoint(visit, route);
    case 'blob':
      return await blobEndpoint(visit, route);
    case 'manifest':
      return await manifestEndpoint(visit, route);
  }
}
