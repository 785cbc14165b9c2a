import type { Mistake } from './mistake.ts';
import type { Configuration } from './schema.ts';

/** Routes that no proxy can have or that another service has too, and companions whose names mean two things. */
export function routes(configuration: Configuration): Mistake[] {
  return [...withoutProxy(configuration), ...sharedRoutes(configuration), ...sharedNames(configuration)];
}

function withoutProxy({ services, targets }: Configuration): Mistake[] {
  return Object.entries(services).flatMap(([name, { target, network, routes, companions }]) => {
    const settings = targets[target];
    const used = [
      ...(routes.length > 0 ? ['routes'] : []),
      ...(Object.keys(companions).length > 0 ? ['companions'] : []),
    ];
    if (settings === undefined || used.length === 0) return [];
    const mistake = (key: string, message: string) => ({ path: ['services', name, key], message });
    if (settings.kind !== 'docker') {
      const kind = `target "${target}" is of the kind ${settings.kind}`;
      return used.map(key => mistake(key, `expected none: ${kind}; only docker has them`));
    }
    return [
      ...(network === 'host' || network === 'none'
        ? [mistake('network', `expected a network with addresses of its own; "${network}" has none`)]
        : []),
      ...(routes.length > 0 && settings.proxy === undefined
        ? [mistake('routes', `expected none, or a proxy: target "${target}" has no proxy`)]
        : []),
    ];
  });
}

function sharedRoutes({ services }: Configuration): Mistake[] {
  const owners = new Map<string, string>();
  return Object.entries(services).flatMap(([name, { target, routes }]) =>
    routes.flatMap(({ host, path = '/' }, index) => {
      const route = `${target} ${host}${path}`;
      const owner = owners.get(route);
      if (owner === undefined) owners.set(route, name);
      const message = `expected a route of its own; service "${owner}" has ${host}${path} at target "${target}"`;
      return owner === undefined ? [] : [{ path: ['services', name, 'routes', index], message }];
    }),
  );
}

/** Services may be on one network, where a name leads to one thing. */
function sharedNames({ services }: Configuration): Mistake[] {
  const owners = new Map<string, string>();
  return Object.entries(services).flatMap(([name, { target, network, companions }]) =>
    Object.keys(companions).flatMap(companion => {
      const place = `${target} ${network ?? `headway-${name}`} ${companion}`;
      const owner = companion === name ? name : owners.get(place);
      if (owner === undefined) owners.set(place, name);
      const message = `expected another name; service "${owner}" has "${companion}" on the same network`;
      return owner === undefined ? [] : [{ path: ['services', name, 'companions', companion], message }];
    }),
  );
}
