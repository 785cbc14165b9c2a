import { z } from 'zod';
import type { JsonSchema } from '../configuration/json-schema.ts';
import { Name, named, PlainText, Some, TagPrefix, VariableName } from '../configuration/texts.ts';

const NUMBER_OR_TEXT = 'expected text or a number';

/** A key with nothing behind it is a key that was left out. */
const list = z.array(Some).nullish();

const Image = z.strictObject({
  image_name: Some.nullish().describe('Where it is pushed to, e.g. ghcr.io/acme/base-notebook.'),
  depend_on: Name.nullish().describe('The image it stands on.'),
  build_args: z
    .record(VariableName, z.union([PlainText, z.number(), z.boolean()], NUMBER_OR_TEXT))
    .nullish()
    .describe('Build arguments. They stay in the image: no secrets.'),
  info_cmds: list.describe('What its manifest page shows: keys of all_info_cmds.'),
  integration_tests: z.boolean().nullish().describe('Whether there are tests that need it pushed.'),
  prune: z.boolean().nullish().describe('Whether its layers are removed from the builder afterwards.'),
  prepull: z.boolean().nullish().describe('false: its old layers are not fetched as a cache.'),
});
export type SpecImage = z.infer<typeof Image>;

const Command = z.strictObject({
  description: Some.describe('The heading on the manifest page.'),
  command: Some.describe('Run in a container of the image.'),
});

/**
 * `spec.yml` as the DataHub stacks have it: the images of a repository, each in the folder of its name beside the
 * file, and which stands on which. https://github.com/ucsd-ets/datahub-docker-stack
 *
 * `root` is one name, a list of them, or absent: then every image that stands on none is a root.
 */
export const SpecShape = z.strictObject({
  root: z.union([Name, z.array(Name)], 'expected the name of an image, or a list of them').nullish(),
  images: named(Name, Image.nullable()),
  tag: z
    .strictObject({
      prefix: TagPrefix.nullish(),
    })
    .nullish(),
  all_info_cmds: z.record(Some, Command).nullish(),
});
export type Spec = z.infer<typeof SpecShape>;

/** The keys that a `spec.yml` can have, and where. */
export function specJsonSchema(): JsonSchema {
  return z.toJSONSchema(SpecShape, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.anyOf !== undefined) jsonSchema.oneOf = jsonSchema.anyOf;
    },
  }) as JsonSchema;
}
