import { z } from 'zod';
import { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { problem } from '../../shared/domain/problem.ts';
import { keyOf } from '../../shared/records/collections.ts';
import { queries } from '../../shared/records/queries.ts';
import type { Records } from '../../shared/records/records.ts';
import { cursorOf, keyBehind } from './cursors.ts';
import { type Kind, kinds } from './documents.ts';
import { badParameters } from './problem.ts';
import { defineRoute, nothing, type Route } from './route.ts';

/** Reading every kind of document: a page of them, and one by its key. */
export function documentRoutes(records: Records): Route[] {
  return kinds.flatMap(kind => [listRoute(kind, records), readRoute(kind, records)]);
}

export const Paging = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many at most.'),
  after: z.string().optional().describe('The `next` of the page before.'),
};

function listRoute(kind: Kind, records: Records): Route {
  const shapes = shapesOf(kind);
  const fields = [...new Set(shapes.flatMap(({ where }) => where))];
  const filters: Record<string, z.ZodType<string | undefined>> = Object.fromEntries(
    fields.map(field => [field, filter(kind, field)]),
  );
  return defineRoute({
    method: 'GET',
    path: `/${kind.kind}`,
    id: `list${capital(kind.kind)}`,
    summary: summaryOf(kind),
    pathParameters: nothing,
    queryParameters: z.strictObject({ ...Paging, ...filters }),
    answer: { status: 200, schema: kind.page },
    handle: async ({ query: { limit, after, ...others } }) => {
      const given: Record<string, unknown> = others;
      const names = Object.keys(given);
      const shape = shapes.find(({ where }) => sameNames(where, names));
      if (shape === undefined) return wrongFilters(names, shapes);
      const behind = after === undefined ? undefined : keyBehind(after);
      if (after !== undefined && (behind === undefined || (await kind.get(records, behind)) === undefined)) {
        return badParameters([
          { name: 'after', message: 'expected the `next` of a page that is still there' },
        ]);
      }
      const where = names.map(field => ({ field, is: '==', value: String(given[field]) }) as const);
      const orderBy = shape.orderBy === undefined ? {} : { orderBy: shape.orderBy };
      const from = behind === undefined ? {} : { after: behind };
      const found = await kind.query(records, { where, ...orderBy, ...from, limit: limit + 1 });
      const items = found.slice(0, limit);
      const last = found.length > limit ? items.at(-1) : undefined;
      return { items: items.map(({ document }) => document), next: last && cursorOf(last.key) };
    },
  });
}

function readRoute(kind: Kind, records: Records): Route {
  const parameters = z.strictObject(Object.fromEntries(kind.key.map(field => [field, keyPart(field)])));
  return defineRoute({
    method: 'GET',
    path: `/${[kind.kind, ...kind.key.map(field => `{${field}}`)].join('/')}`,
    id: `read${capital(kind.kind)}`,
    summary: `One of the ${kind.kind}, whole, by its key`,
    pathParameters: parameters,
    queryParameters: nothing,
    answer: { status: 200, schema: kind.whole },
    problems: [404],
    handle: async ({ path }) => {
      const parts = kind.key.map(field => path[field] ?? '');
      const document = await kind.get(records, keyOf(parts));
      return document === undefined
        ? missing(kind.kind, parts)
        : z.record(z.string(), z.unknown()).parse(document);
    },
  });
}

export function missing(kind: string, parts: readonly (string | number)[]) {
  return problem(404, `Cannot find "${parts.join('/')}" among the ${kind}: there is no such document`);
}

type Shape = (typeof queries)[number];

/** Every declared query of the collection is a filter, except ranges, which the schedule asks. The order of keys needs no word. */
function shapesOf({ kind }: Kind): Shape[] {
  const declared = queries.filter(
    ({ collection, where, orderBy }) =>
      collection === kind && (orderBy === undefined || !where.includes(orderBy.field)),
  );
  const everything = declared.some(({ where }) => where.length === 0);
  return everything ? declared : [{ collection: kind, where: [] }, ...declared];
}

function filter({ whole }: Kind, field: string): z.ZodType<string | undefined> {
  const schema = whole.shape[field];
  const unwrapped = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  const text = unwrapped instanceof z.ZodEnum ? z.enum(unwrapped.options.map(String)) : z.string().min(1);
  return text.optional().describe(`Only those with this ${field}.`);
}

function keyPart(field: string): z.ZodType<string | number> {
  if (field === 'sequence' || field === 'number') return z.coerce.number().int().min(1);
  return field === 'sha' || field === 'commit' ? CommitSha : z.string().min(1);
}

function wrongFilters(names: readonly string[], shapes: readonly Shape[]) {
  const choices = shapes.filter(({ where }) => where.length > 0).map(({ where }) => where.join(' and '));
  const message = `expected one of these filters: ${choices.join('; ')}`;
  return badParameters(names.map(name => ({ name, message })));
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every(name => b.includes(name));
}

function summaryOf(kind: Kind): string {
  const order = shapesOf(kind).find(({ where }) => where.length === 0)?.orderBy?.field;
  return order === undefined ? `The ${kind.kind}, by key` : `The ${kind.kind}, the latest ${order} first`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
