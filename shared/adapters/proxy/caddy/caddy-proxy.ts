import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PermanentError } from '../../../domain/permanent-error.ts';
import { ProxyError, type ReverseProxy, type Route } from '../../../ports/proxy.ts';
import type { Http } from '../../http/http.ts';
import { ApiError, createJsonApi } from '../../http/json-api.ts';
import { writeAddresses } from './address-files.ts';
import { nextChange } from './next-change.ts';
import { caddyRoutes, idPrefix } from './routes.ts';

const DEADLINE = 5_000;
/** Far more writes than a service has routes; others may write at the same time. */
const MOST_CHANGES = 100;

/**
 * Keeps the routes of a target's services in a server of their own inside a running Caddy, through its admin API.
 * Nothing else in its configuration is touched. https://caddyserver.com/docs/api
 */
export function createCaddyProxy({
  http,
  admin,
  target,
  listen,
  folder,
}: {
  readonly http: Http;
  /** e.g. `http://127.0.0.1:2019`. */
  readonly admin: string;
  /** The target's name in the configuration. */
  readonly target: string;
  /** e.g. `:80`; certificates are obtained where an address is for port 443. */
  readonly listen: readonly string[];
  /** One that Caddy can read, under the same path. A deploy then changes no configuration of Caddy's. */
  readonly folder?: string | undefined;
}): ReverseProxy {
  const api = createJsonApi({
    http,
    base: admin.replace(/\/$/, ''),
    authorization: async () => '',
    advise: () => 'correct the proxy settings of the target, or what else Caddy is configured with',
    deadline: DEADLINE,
  });

  return {
    async point(service, routes, upstream) {
      try {
        const own = folder === undefined ? undefined : join(folder, target, service);
        if (own !== undefined && routes.length > 0) await writeAddresses(own, addresses(routes, upstream));
        await configure(service, caddyRoutes({ target, service, routes, upstream, folder: own }));
        if (own !== undefined && routes.length === 0) await rm(own, { recursive: true, force: true });
      } catch (error) {
        throw proxyError(service, error);
      }
    },
  };

  async function configure(service: string, routes: ReturnType<typeof caddyRoutes>): Promise<void> {
    const doing = `set the routes of "${service}" in Caddy`;
    const wanted = { server: `headway-${target}`, listen, prefix: idPrefix(target, service), routes };
    for (let changes = 0; changes < MOST_CHANGES; changes += 1) {
      const change = nextChange(await api({ doing, path: 'config/' }, z.unknown()), wanted);
      if (change === undefined) return;
      await api({ doing, ...change }, z.unknown());
    }
    const reason = 'its configuration was changed each time by somebody else';
    throw new ProxyError(`Cannot ${doing}: ${reason}; see who writes to ${admin}`, { temporary: true });
  }
}

function addresses(routes: readonly Route[], upstream: string): string[] {
  return [...new Set(routes.map(({ port }) => `${upstream}:${port}`))];
}

function proxyError(service: string, error: unknown): unknown {
  if (error instanceof ApiError) return new ProxyError(error.message, { temporary: true, cause: error });
  if (error instanceof PermanentError)
    return new ProxyError(error.message, { temporary: false, cause: error });
  if (error instanceof Error && 'syscall' in error) {
    const message = `Cannot write the address of "${service}" for Caddy: ${error.message}; mend the folder of the proxy`;
    return new ProxyError(message, { temporary: false, cause: error });
  }
  return error;
}
