import { z } from 'zod';
import { CloudBuildBuilder, KubernetesBuilder } from './cloud-builders.ts';
import { TextOrSecret } from './secret-reference.ts';
import { TestedBy } from './tested-by.ts';
import { Name, Some, VariableName } from './texts.ts';

const concurrency = z
  .int()
  .min(1)
  .max(64)
  .optional()
  .describe('How many of its builds run at once; in the cloud, in each instance of the function.');

const Docker = z.strictObject({
  kind: z.literal('docker'),
  host: Some.optional().describe('As DOCKER_HOST has it; the engine of this machine when absent.'),
  concurrency,
});

const Layers = z.strictObject({ kind: z.literal('layers'), tests: TestedBy, concurrency });

const Command = z.strictObject({
  kind: z.literal('command'),
  command: z
    .array(Some)
    .min(1)
    .describe(
      'The program that builds and pushes, run without a shell in the folder of the build context: buildah, bazel, ko, make. ' +
        'In its environment: HEADWAY_IMAGE (what to push to, with its tag), HEADWAY_COMMIT, HEADWAY_CONTEXT, HEADWAY_DOCKERFILE, HEADWAY_PLATFORM, ' +
        'HEADWAY_CACHE_FROM, HEADWAY_ARG_NAME for each build argument, HEADWAY_ARGS and HEADWAY_LABELS (files of lines NAME=VALUE), ' +
        'HEADWAY_SECRETS (a folder with a file for each), HEADWAY_DIGEST_FILE (where it may write the digest of what it pushed), ' +
        'SOURCE_DATE_EPOCH, and DOCKER_CONFIG and REGISTRY_AUTH_FILE (the logins). Exit code 75 is a failure that may pass by itself.',
    ),
  environment: z
    .record(VariableName, TextOrSecret)
    .default({})
    .describe('Added to its environment, which has PATH and HOME besides.'),
  tests: TestedBy,
  concurrency,
});

const ABSOLUTE = 'expected an absolute path, such as /source';
const AbsolutePath = z.string(ABSOLUTE).regex(/^(?:\/[^/\0]+)+$/, ABSOLUTE);

const Container = z.strictObject({
  kind: z.literal('container'),
  host: Some.optional().describe(
    'Of the Docker engine that runs it, as DOCKER_HOST has it; that of this machine when absent.',
  ),
  image: Some.describe('The builder image, such as ghcr.io/acme/infra:prod.'),
  command: z
    .array(Some)
    .min(1)
    .describe(
      'Run in it without a shell, in the folder of the source. It is told what a builder of kind command is, with secrets in /run/secrets, and pushes to HEADWAY_IMAGE, unless there is a result.',
    ),
  environment: z.record(VariableName, TextOrSecret).default({}).describe('Added to its environment.'),
  source: AbsolutePath.default('/source').describe('Where the build context is put.'),
  result: AbsolutePath.optional().describe(
    'Where the command leaves the image that headway pushes: the folder of an OCI layout, or a tar archive of one or of docker save.',
  ),
  network: Some.optional().describe('Instead of the usual one of the engine, e.g. none or host.'),
  concurrency,
});

/** Builds are given to whichever of them has the fewest under way. */
const Pool = z.strictObject({
  kind: z.literal('pool'),
  of: z.array(Name).min(1).describe('Names under builders.'),
});

/** Who builds images, beside the words auto, docker, layers and none. */
export const Builder = z.discriminatedUnion('kind', [
  Docker,
  Layers,
  Command,
  Container,
  KubernetesBuilder,
  CloudBuildBuilder,
  Pool,
]);
export type BuilderConfiguration = z.infer<typeof Builder>;

/** Words that are builders without being configured. */
export const OWN_BUILDERS = ['auto', 'docker', 'layers', 'none'] as const;

/** The kinds that could not keep a secret out of the layers or the history of what they build. */
export const WITHOUT_SECRETS: readonly BuilderConfiguration['kind'][] = ['layers'];
