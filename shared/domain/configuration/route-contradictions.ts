import type { Mistake } from './mistake.ts';
import type { Configuration } from './schema.ts';

/** Routes that no proxy would have, that another service has too, and companions whose names mean two things. */
export function routes(configuration: Configuration): Mistake[] {
  return [...withoutProxy(configuration), ...sharedRoutes(configuration), ...sharedNames(configuration)];
}

function withoutProxy({ services, targets }: Configuration): Mistake[] {
  return Object.entries(services).flatMap(([name, { target, routes, companions }]) => {
    const settings = targets[target];
    if (settings === undefined) return [];
    const isDocker = settings.kind === 'docker';
    const wanting = `expected none: target "${target}" is of the kind ${settings.kind}; only docker has them`;
    const proxyless = `expected none, or a proxy: target "${target}" has no proxy`;
    return [
      ...(routes.length > 0 && (!isDocker || settings.proxy === undefined)
        ? [{ path: ['services', name, 'routes'], message: isDocker ? proxyless : wanting }]
        : []),
      ...(Object.keys(companions).length > 0 && !isDocker
        ? [{ path: ['services', name, 'companions'], message: wanting }]
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
