import { http } from '@google-cloud/functions-framework';
import { readPageAssets } from '../../shared/adapters/assets/page-assets.ts';
import { signatures } from '../../shared/runtime/signatures.ts';
import { createArtifacts } from '../../shared/wiring/artifacts.ts';
import { serveHttp } from '../../shared/wiring/serve-http.ts';
import { createApi } from './handler.ts';

http(
  'api',
  serveHttp([], async its => {
    const {
      HEADWAY_TOKEN: token = '',
      HEADWAY_OWN_URL: own,
      HEADWAY_VERSION: version = 'cloud',
    } = its.environment;
    const hostName =
      its.configuration.server.hostName ?? (own === undefined ? undefined : new URL(own).hostname);
    return createApi({
      ...its,
      artifacts: createArtifacts(its),
      token: await its.secretOf(token),
      loopback: false,
      version,
      signatures,
      assets: await readPageAssets(new URL('./page/', import.meta.url)),
      ...(hostName !== undefined && { hostName }),
    });
  }),
);
