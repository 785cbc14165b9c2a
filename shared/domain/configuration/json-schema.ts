import { z } from 'zod';
import { ConfigurationShape } from './schema.ts';

/** The little of JSON Schema that the configuration's own schema is made of. */
export type JsonSchema = {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
};

/**
 * What editors complete and check `headway.yaml` with. Draft 7, since every YAML language server takes it.
 * https://json-schema.org/draft-07
 */
export function configurationJsonSchema(): JsonSchema {
  const { $schema, title, description, ...schema } = z.toJSONSchema(ConfigurationShape, {
    target: 'draft-7',
    io: 'input',
  });
  return { $schema, $id: 'urn:headway:configuration', title, description, ...schema } as JsonSchema;
}

/** The keys that the schema has at a place. Where a `kind` decides, those of the data's kind, or of all kinds. */
export function keysAt(
  path: readonly PropertyKey[],
  { schema, data }: { readonly schema: JsonSchema; readonly data: unknown },
): string[] {
  let schemas: readonly JsonSchema[] = [schema];
  let value = data;
  for (const step of path) {
    schemas = ofKind(schemas, value).flatMap(schema => below(schema, step));
    value = field(value, step);
  }
  return [...new Set(ofKind(schemas, value).flatMap(schema => Object.keys(schema.properties ?? {})))];
}

/** Every word that the schema itself knows: keys, kinds and choices. */
export function vocabulary(schema: JsonSchema): Set<string> {
  const { properties = {}, additionalProperties, items, oneOf = [], enum: choices = [] } = schema;
  const words = [...Object.keys(properties), ...choices, schema.const];
  const below = [...Object.values(properties), additionalProperties, items, ...oneOf];
  return new Set([
    ...words.filter(word => typeof word === 'string'),
    ...below.flatMap(inner => (typeof inner === 'object' ? [...vocabulary(inner)] : [])),
  ]);
}

function ofKind(schemas: readonly JsonSchema[], value: unknown): readonly JsonSchema[] {
  const choices = schemas.flatMap(schema => schema.oneOf ?? [schema]);
  const kind = field(value, 'kind');
  const chosen = choices.filter(schema => schema.properties?.['kind']?.const === kind);
  return kind === undefined || chosen.length === 0 ? choices : chosen;
}

function below(schema: JsonSchema, step: PropertyKey): readonly JsonSchema[] {
  if (typeof step === 'number') return schema.items === undefined ? [] : [schema.items];
  const { properties = {}, additionalProperties } = schema;
  const named = Object.hasOwn(properties, step) ? properties[String(step)] : undefined;
  if (named !== undefined) return [named];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}

function field(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}
