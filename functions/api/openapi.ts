import { z } from 'zod';
import * as answers from './answers.ts';
import { kinds } from './documents.ts';
import { PREFIX } from './find-route.ts';
import { Problem } from './problem.ts';
import { defineRoute, nothing, type Route } from './route.ts';

type JsonObject = { readonly [field: string]: unknown };

/** The description of the API, made from the schemas that check its parameters and documents. */
export const OpenApi = z.record(z.string(), z.unknown());

/** Answers the description of the routes and of itself. */
export function openApiRoute(others: readonly Route[], version: string): Route {
  const route: Route = defineRoute({
    method: 'GET',
    path: '/openapi.json',
    id: 'readOpenApi',
    summary: 'This description, as OpenAPI 3.1',
    pathParameters: nothing,
    queryParameters: nothing,
    answer: { status: 200, schema: OpenApi },
    handle: async () => describe([...others, route], version),
  });
  return route;
}

/** https://spec.openapis.org/oas/v3.1.1.html */
export function describe(routes: readonly Route[], version: string): JsonObject {
  const names = schemaNames();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = `${PREFIX}${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, names) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'headway',
      version,
      description:
        'Reading on loopback needs no token; anything that changes does, and so does everything on any other address.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: components(names),
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operation(route: Route, names: ReadonlyMap<z.ZodType, string>): JsonObject {
  const { id, summary, pathParameters, queryParameters, body, answer, problems, method } = route;
  const type = answer.type ?? 'application/json';
  const answered = { description: summary, content: { [type]: { schema: reference(answer.schema, names) } } };
  const refused = Object.fromEntries(
    [...new Set([400, 401, 403, 405, 421, ...problems])]
      .toSorted((a, b) => a - b)
      .map(status => [
        status,
        {
          description: 'A problem',
          content: { 'application/problem+json': { schema: reference(Problem, names) } },
        },
      ]),
  );
  return {
    operationId: id,
    summary,
    security: method === 'GET' ? [{}, { token: [] }] : [{ token: [] }],
    parameters: [...parameters('path', pathParameters), ...parameters('query', queryParameters)],
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: sent(body) } } },
    }),
    responses: { [answer.status]: answered, ...refused },
  };
}

/** As it is sent: what has a default may be left out. */
function sent(body: z.ZodObject): JsonObject {
  const { $schema, ...schema } = z.toJSONSchema(body, { io: 'input' });
  return schema;
}

function parameters(place: 'path' | 'query', schema: z.ZodObject): JsonObject[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
  }));
}

function schemaNames(): Map<z.ZodType, string> {
  const names = new Map<z.ZodType, string>();
  for (const [name, schema] of Object.entries({ ...answers, Problem, OpenApi })) names.set(schema, name);
  for (const { kind, whole, short, page } of kinds) {
    const name = SINGULAR[kind];
    if (short !== whole) names.set(short, `${name}Summary`);
    names.set(whole, name).set(page, `${name}Page`);
  }
  return names;
}

const SINGULAR = {
  deliveries: 'Delivery',
  commits: 'Commit',
  branches: 'Branch',
  builds: 'Build',
  tags: 'Tag',
  moves: 'Move',
  services: 'Service',
  deploys: 'Deploy',
  promotions: 'Promotion',
  gates: 'GateResult',
  holds: 'StandingHold',
  poison: 'Poison',
} as const;

function components(names: ReadonlyMap<z.ZodType, string>): JsonObject {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: id => `#/components/schemas/${id}`, io: 'output' });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $id, $schema, ...schema }]) => [id, schema]));
}

function reference(schema: z.ZodType, names: ReadonlyMap<z.ZodType, string>): JsonObject {
  const name = names.get(schema);
  if (name === undefined)
    throw new TypeError('Cannot describe a route: its answer has no name in the description');
  return { $ref: `#/components/schemas/${name}` };
}
