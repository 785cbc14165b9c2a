import { isDeepStrictEqual } from 'node:util';
import { type CaddyRoute, pathLength } from './routes.ts';

/** One write to Caddy's admin API. https://caddyserver.com/docs/api */
export type Change = {
  readonly method: 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
};

export type WantedServer = {
  /** Its key among the servers of Caddy's `http` app. */
  readonly server: string;
  readonly listen: readonly string[];
  /** What the `@id` of the service's own routes begins with. */
  readonly prefix: string;
  readonly routes: readonly CaddyRoute[];
};

/**
 * The next write that brings what Caddy has nearer to what is wanted; nothing when it is there. Each touches the
 * least: other servers, other services' routes and what a person added are left as they are.
 */
export function nextChange(configuration: unknown, wanted: WantedServer): Change | undefined {
  const { server, listen, prefix, routes } = wanted;
  const path = ['config', 'apps', 'http', 'servers', server];
  const found = valueAt(configuration, path.slice(1));
  if (!isObject(found)) {
    if (routes.length === 0) return undefined;
    return creation(configuration, {
      path: path.slice(1),
      value: { ...serverSettings(listen), routes: inOrder(routes) },
    });
  }
  for (const [key, value] of Object.entries(serverSettings(listen))) {
    if (!isDeepStrictEqual(found[key], value)) {
      return { method: key in found ? 'PATCH' : 'PUT', path: [...path, key].join('/'), body: value };
    }
  }
  const present = Array.isArray(found['routes']) ? found['routes'] : undefined;
  if (present === undefined) {
    return routes.length === 0
      ? undefined
      : { method: 'PUT', path: [...path, 'routes'].join('/'), body: inOrder(routes) };
  }
  return routeChange(present, { path: [...path, 'routes'].join('/'), prefix, routes });
}

type WantedRoutes = Pick<WantedServer, 'prefix' | 'routes'> & { readonly path: string };

function routeChange(
  present: readonly unknown[],
  { path, prefix, routes }: WantedRoutes,
): Change | undefined {
  const wanted = new Map(routes.map(route => [route['@id'], route]));
  for (const route of present) {
    const id = idOf(route);
    const own = id?.startsWith(prefix) === true ? id : undefined;
    if (own !== undefined && !wanted.has(own)) return { method: 'DELETE', path: `id/${own}` };
  }
  for (const [id, route] of wanted) {
    const at = present.findIndex(one => idOf(one) === id);
    if (at >= 0 && isHidden(present, at, route)) return { method: 'DELETE', path: `id/${id}` };
    if (at >= 0 && isDeepStrictEqual(present[at], route)) continue;
    if (at >= 0) return { method: 'PATCH', path: `id/${id}`, body: route };
    const place = present.findLastIndex(one => isOurs(one) && pathLength(one) >= pathLength(route)) + 1;
    return { method: 'PUT', path: `${path}/${place}`, body: route };
  }
  return undefined;
}

/** Whether a route before it would take its requests, or it those of one behind: it has to be put in another place. */
function isHidden(present: readonly unknown[], at: number, route: CaddyRoute): boolean {
  const length = pathLength(route);
  return present.some(
    (one, index) =>
      isOurs(one) && (index < at ? pathLength(one) < length : index > at && pathLength(one) > length),
  );
}

/** Certificates are Caddy's own affair where it listens for HTTPS; elsewhere it would speak TLS on any port. */
function serverSettings(listen: readonly string[]): Readonly<Record<string, unknown>> {
  return { listen, automatic_https: { disable: !listen.some(address => address.endsWith(':443')) } };
}

/** Caddy makes one step of a path only, so that what is missing above is made with it. */
function creation(
  configuration: unknown,
  { path, value }: { readonly path: readonly string[]; readonly value: unknown },
): Change {
  const there = path.findIndex((_, index) => !isObject(valueAt(configuration, path.slice(0, index))));
  const at = there < 0 ? path.length : there;
  const body = path.slice(at).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return { method: 'POST', path: `config/${path.slice(0, at).join('/')}`, body };
}

function inOrder(routes: readonly CaddyRoute[]): CaddyRoute[] {
  return routes.toSorted((a, b) => pathLength(b) - pathLength(a));
}

function isOurs(route: unknown): boolean {
  return idOf(route)?.startsWith('headway:') === true;
}

function idOf(route: unknown): string | undefined {
  const id = isObject(route) ? route['@id'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
