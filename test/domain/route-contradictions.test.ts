import test from 'ava';
import { contradictions } from '../../shared/domain/configuration/contradictions.ts';
import { type Configuration, ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { secretPlaces } from '../../shared/domain/configuration/secret-places.ts';

const DB = { image: 'postgres:16' };
const ROUTE = { host: 'shop.acme.com', port: 8000 };

/** Two services at a Docker target with a proxy, unless said otherwise. */
function configured(
  one: object,
  two: object = {},
  target: object = { kind: 'docker', proxy: {} },
): Configuration {
  const service = { target: 'box', image: 'web', tag: 'prod' };
  return ConfigurationShape.parse({
    images: { web: { repository: 'acme/web' } },
    tags: { prod: { images: ['web'], movedBy: 'registry' } },
    targets: { box: target },
    services: { one: { ...service, ...one }, two: { ...service, ...two } },
  });
}

const says = test.macro((t, configuration: Configuration, expected: Readonly<Record<string, string>>) => {
  const found = contradictions(configuration).map(({ path, message }) => [path.slice(1).join('.'), message]);
  t.deepEqual(Object.fromEntries(found), expected);
});

test(
  'paths of one host may be of several services',
  says,
  configured({ routes: [ROUTE] }, { routes: [{ ...ROUTE, path: '/api' }] }),
  {},
);
test(
  'a host and path is of one service',
  says,
  configured({ routes: [ROUTE] }, { routes: [{ ...ROUTE, path: '/' }] }),
  {
    'two.routes.0': 'expected a route of its own; service "one" has shop.acme.com/ at target "box"',
  },
);
test('routes need a proxy', says, configured({ routes: [ROUTE] }, {}, { kind: 'docker' }), {
  'one.routes': 'expected none, or a proxy: target "box" has no proxy',
});
test(
  'only Docker has routes and companions',
  says,
  configured({ routes: [ROUTE], companions: { db: DB } }, {}, { kind: 'swarm' }),
  {
    'one.routes': 'expected none: target "box" is of the kind swarm; only docker has them',
    'one.companions': 'expected none: target "box" is of the kind swarm; only docker has them',
  },
);
test(
  'companions of services on networks of their own may have one name',
  says,
  configured({ companions: { db: DB } }, { companions: { db: DB } }),
  {},
);
test(
  'companions on one network have names of their own',
  says,
  configured({ network: 'all', companions: { db: DB } }, { network: 'all', companions: { db: DB } }),
  {
    'two.companions.db': 'expected another name; service "one" has "db" on the same network',
  },
);

test('routes need a network with addresses', says, configured({ network: 'host', routes: [ROUTE] }), {
  'one.network': 'expected a network with addresses of its own; "host" has none',
});

const refused = test.macro((t, one: object, expected: string) => {
  const error = t.throws(() => configured(one));
  t.true(error.message.includes(expected), error.message);
});

test(
  'a route has a host without a port',
  refused,
  { routes: [{ host: 'acme.com:80', port: 1 }] },
  'a host name',
);
test(
  'a path has no slash at its end',
  refused,
  { routes: [{ ...ROUTE, path: '/api/' }] },
  'a path such as /api',
);
test('a path has no pattern', refused, { routes: [{ ...ROUTE, path: '/api/*' }] }, 'a path such as /api');
test('a companion has an image', refused, { companions: { db: { image: 'Postgres!' } } }, 'postgres@sha256');

test('the secrets of companions are among the secrets', t => {
  const environment = { PASSWORD: 'env://DB_PASSWORD', USER: 'shop' };
  t.deepEqual(secretPlaces(configured({ companions: { db: { ...DB, environment } } })), [
    {
      path: ['services', 'one', 'companions', 'db', 'environment', 'PASSWORD'],
      reference: 'env://DB_PASSWORD',
    },
  ]);
});
