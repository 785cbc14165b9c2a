import type { Route } from '../../../ports/proxy.ts';

/** A route of Caddy's, as its configuration has it. https://caddyserver.com/docs/json/apps/http/servers/routes/ */
export type CaddyRoute = { readonly '@id': string; readonly [key: string]: unknown };

export type Wanted = {
  readonly target: string;
  readonly service: string;
  readonly routes: readonly Route[];
  /** The container's address. */
  readonly upstream: string;
  /** Where Caddy finds that address in a file's name; it is written into the routes when absent. */
  readonly folder?: string | undefined;
};

/** A dial that fails is tried again for that long: nothing has been sent yet, so that any request may be. */
const PATIENCE = '5s';

/** What Caddy is to have for a service, each route under an `@id` of its own. */
export function caddyRoutes({ target, service, routes, upstream, folder }: Wanted): CaddyRoute[] {
  return routes.map(({ host, path, port }, index) => ({
    '@id': `${idPrefix(target, service)}${index}`,
    match: [{ host: [host], ...(path !== undefined && path !== '/' && { path: [path, `${path}/*`] }) }],
    handle:
      folder === undefined
        ? [proxyTo(`${upstream}:${port}`)]
        : [{ handler: 'subroute', routes: byFile(folder, port) }],
    terminal: true,
  }));
}

/** What the `@id` of each route of a service begins with. Names have no colon. */
export function idPrefix(target: string, service: string): string {
  return `headway:${target}:${service}:`;
}

/** The longer path comes first, whoever has it: Caddy takes the first route that matches. */
export function pathLength(route: unknown): number {
  const match = field(field(field(route, 'match'), 0), 'path');
  const path = field(match, 0);
  return typeof path === 'string' ? path.length : 0;
}

/**
 * The address is the name of the newest file: a deploy then changes nothing in Caddy's configuration. Every change
 * of that makes Caddy 2.6 open its listeners anew, and connections that wait on the old ones are cut.
 * https://caddyserver.com/docs/json/apps/http/servers/routes/match/file/
 */
function byFile(root: string, port: number) {
  const newest = { root, try_files: [`*:${port}`], try_policy: 'most_recently_modified' };
  return [
    { match: [{ file: newest }], handle: [proxyTo('{http.matchers.file.relative}')], terminal: true },
    { handle: [{ handler: 'static_response', status_code: 503 }] },
  ];
}

function proxyTo(dial: string) {
  return { handler: 'reverse_proxy', upstreams: [{ dial }], load_balancing: { try_duration: PATIENCE } };
}

function field(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}
