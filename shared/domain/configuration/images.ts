import { z } from 'zod';
import { Duration } from '../durations.ts';
import { SecretReference } from './secret-reference.ts';
import { Name, named, PlainText, RelativePath, Repository, Some, VariableName } from './texts.ts';

const MEMORY = 'expected an amount of memory such as 512m or 4g';

const Test = z.strictObject({
  command: z.array(PlainText).min(1).describe('Run in a container of the image, one argument an item.'),
  folders: z
    .array(RelativePath)
    .default([])
    .describe('Folders of the repo that are put beside each other into /headway/tests, where it is run.'),
  timeout: Duration.default('15m').describe('A test that takes longer has failed.'),
});
export type ImageTest = z.infer<typeof Test>;

const Tests = z.strictObject({
  basic: z
    .array(Test)
    .default([])
    .describe(
      'One after the other: before the image is pushed where its builder has an engine, else under a candidate name.',
    ),
  integration: z
    .array(Test)
    .default([])
    .describe('Once it is in the registry under a candidate name that nobody follows.'),
});

const Platform = z.string().regex(/^\w+\/\w+(?:\/\w+)?$/, 'expected a platform such as linux/amd64');
const Platforms = z
  .array(Platform)
  .min(1)
  .refine(all => new Set(all).size === all.length, 'expected each platform once');

const Info = z.strictObject({
  description: Some.describe('The heading on the manifest page.'),
  command: Some.describe('Run by a shell in a container of the image.'),
});
export type ImageInfo = z.infer<typeof Info>;

export const Limits = z.strictObject({
  memory: z
    .string(MEMORY)
    .regex(/^[1-9]\d*[kmg]$/, MEMORY)
    .optional()
    .describe('e.g. 4g.'),
  cpus: z.number().positive().max(1_024).optional().describe('e.g. 1.5.'),
});
export type Limits = z.infer<typeof Limits>;

/** What one image is built from and tested with. */
export const Image = z.strictObject({
  repository: Repository.describe('Where it is pushed to, e.g. ghcr.io/acme/web.'),
  repo: Name.optional().describe(
    'The repo whose commits it is built from. An image without one has no order: its tags are moved by the registry.',
  ),
  source: Name.optional().describe(
    'Another repo whose files it is built from, at the head of its tracked branch, for an image that belongs to the commits of its parent.',
  ),
  context: RelativePath.default('.').describe('The build context, relative to the repo.'),
  dockerfile: RelativePath.default('Dockerfile').describe('Relative to the context.'),
  parent: Name.optional().describe('The image it stands on: built first, at the same commit.'),
  parentArg: VariableName.default('BASE').describe(
    "The build argument that gets the parent's exact reference, by digest.",
  ),
  parentTagArg: VariableName.optional().describe(
    "A build argument that gets the parent's tag (its commit) alone, as FROM ghcr.io/acme/base:$BASE_TAG wants it.",
  ),
  args: z
    .record(VariableName, PlainText)
    .default({})
    .describe('Further build arguments. They stay in the image: no secrets.'),
  secrets: z
    .record(VariableName, SecretReference)
    .default({})
    .describe(
      'Files /run/secrets/NAME while it is built; no layer holds them. For builders that can: see builders.',
    ),
  platform: z
    .union([Platform, Platforms])
    .optional()
    .describe(
      'What it is built for, e.g. linux/amd64; of several, an index of one image each. The first of them is tested.',
    ),
  cache: z
    .enum(['registry', 'builder', 'none'])
    .default('registry')
    .describe(
      'Which layers of its earlier builds are reused. registry: those of its last image, of its branch and of the stable one too, where the builder has none. builder: what the builder has itself. none: everything is built anew.',
    ),
  limits: Limits.optional().describe('How much each container of its build and its tests may take.'),
  timeout: Duration.optional().describe('Instead of builds.timeout.'),
  tests: Tests.prefault({}).describe('What must pass before anybody follows it.'),
  info: z.array(Info).default([]).describe('What its manifest page shows.'),
  prune: z
    .boolean()
    .default(false)
    .describe('Whether the builder forgets it once it is pushed, with all that nothing uses.'),
  builder: Name.default('auto').describe(
    'auto: docker if an engine answers, else layers. none: somebody else builds it and sends notices. Or docker, layers, or a name under builders.',
  ),
});
export type ImageConfiguration = z.infer<typeof Image>;

export const Images = named(Name, Image);
