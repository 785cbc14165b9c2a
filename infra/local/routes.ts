import { createApi } from '../../functions/api/handler.ts';
import type { RedeployWish } from '../../functions/api/smart-redeploy.ts';
import { createHooks } from '../../functions/hooks/handler.ts';
import { readPageAssets } from '../../shared/adapters/assets/page-assets.ts';
import type { Report } from '../../shared/domain/documents/survey.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import type { HttpHandler } from '../../shared/ports/http.ts';
import { createHttpServer, type HttpServer } from '../../shared/runtime/node-http.ts';
import { signatures } from '../../shared/runtime/signatures.ts';
import { createArtifacts } from '../../shared/wiring/artifacts.ts';
import type { Workings } from '../../shared/wiring/workings.ts';
import { createEmbeddedRegistry } from './registry/embedded-registry.ts';
import type { StateFolder } from './state-folder.ts';

const PAGE = new URL('../../functions/api/page/', import.meta.url);

type Serving = {
  readonly folder: StateFolder;
  readonly version: string;
  readonly address: { readonly host: string };
  readonly survey: (run: RedeployWish) => Promise<Report>;
};

/** Every route on one port: webhooks, the API with its page, and the embedded registry. */
export async function createRoutes(
  its: Workings,
  { folder, version, address, survey }: Serving,
): Promise<HttpServer> {
  const { configuration, secret, log } = its;
  const loopback = isLoopback(address.host);
  const secretOf = (name: string) => secret(configuration.hooks[name]?.secret ?? '');
  const keepFor = milliseconds(configuration.keep.deliveries);
  const hooks = createHooks({ ...its, hooks: configuration.hooks, secret: secretOf, keepFor, signatures });
  const assets = await readPageAssets(PAGE);
  const { hostName } = configuration.server;
  const api = createApi({
    ...its,
    artifacts: createArtifacts(its),
    token: folder.token,
    loopback,
    version,
    survey,
    signatures,
    assets,
    ...(hostName !== undefined && { hostName }),
  });
  const redeploy: HttpHandler = request => api({ ...request, path: '/api/v1/smart-redeploy' });
  const isOwner = ({ password }: { readonly password: string }) =>
    signatures.isSecret(password, folder.token);
  const registry = createEmbeddedRegistry({
    root: folder.registry,
    onError: error => log.error('Registry request failed', { error }),
    ...(!loopback && { authorize: isOwner }),
  });
  return createHttpServer({
    log,
    handlers: { '/hooks/': hooks, '/smart-redeploy': redeploy, '/': api },
    streams: { '/v2/': registry },
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
