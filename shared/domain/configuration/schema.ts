import { z } from 'zod';
import { Duration } from '../durations.ts';
import { isTag, parseImageReference } from '../names/image-reference.ts';

/** What `headway.yaml` may say. The published JSON Schema is made from this. */

const Name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/, 'expected lower-case letters, digits, dots and dashes');

const SecretReference = z
  .string()
  .regex(
    /^(?:env:\/\/[A-Za-z_][A-Za-z0-9_]*|file:\/\/.+)$/,
    'expected env://NAME or file://PATH, never the secret itself',
  )
  .describe(
    'Where the secret is: env://NAME (an environment variable) or file://PATH (a file; relative to this one).',
  );

const RelativePath = z
  .string()
  .refine(
    path => !path.startsWith('/') && !path.split('/').includes('..'),
    'expected a path inside the repository',
  );

const Repository = z.string().refine(text => {
  const image = parseImageReference(text);
  return image !== undefined && image.tag === undefined && image.digest === undefined;
}, 'expected an image repository without tag or digest, such as ghcr.io/acme/web');

const Credentials = z.strictObject({ username: z.string().min(1), password: SecretReference });

const Repo = z.strictObject({
  url: z.string().min(1).describe('What git clones: https://, ssh or a path. No credentials in it.'),
  branch: z.string().min(1).default('main').describe('The tracked branch: tags follow its newest commit.'),
  onRewrite: z
    .enum(['wait', 'follow'])
    .default('wait')
    .describe(
      'After a forced push: wait for a person, or follow the new history once the old commit is gone from it.',
    ),
  credentials: Credentials.optional().describe('For an https URL that needs them.'),
});

const Registry = z.strictObject({
  username: z.string().min(1).optional(),
  password: SecretReference.optional(),
  insecure: z.boolean().default(false).describe('Plain HTTP. Loopback registries need no such word.'),
});

const Image = z.strictObject({
  repository: Repository.describe('Where it is pushed to, e.g. ghcr.io/acme/web.'),
  repo: Name.optional().describe(
    'The repo it is built from; absent for an image that others build and push.',
  ),
  context: RelativePath.default('.').describe('The build context, relative to the repo.'),
  dockerfile: RelativePath.default('Dockerfile').describe('Relative to the context.'),
  parent: Name.optional().describe('The image it stands on: built first, at the same commit.'),
  parentArg: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .default('BASE')
    .describe("The build argument that gets the parent's exact reference, by digest."),
  args: z.record(z.string(), z.string()).default({}),
  platform: z.string().optional().describe('e.g. linux/amd64.'),
  builder: z
    .enum(['auto', 'docker', 'layers', 'none'])
    .default('auto')
    .describe(
      'auto: docker if an engine answers, else layers. none: somebody else builds it and sends notices.',
    ),
});

const Tag = z.strictObject({
  images: z.array(Name).min(1).describe('The images that carry it.'),
  branch: z.string().optional().describe("The branch it follows; the repo's tracked branch when absent."),
  movedBy: z
    .enum(['headway', 'registry'])
    .default('headway')
    .describe('registry: others move it by pushing; headway reads it and deploys what follows it.'),
});

const GitTarget = z.strictObject({
  kind: z.literal('git'),
  url: z.string().min(1),
  branch: z.string().default('main'),
  files: z
    .array(z.string().min(1))
    .min(1)
    .default(['**/*.yaml', '**/*.yml'])
    .describe('Which files to look in.'),
  author: z
    .strictObject({ name: z.string().min(1), email: z.string().min(1) })
    .default({ name: 'headway', email: 'headway@localhost' }),
  credentials: Credentials.optional(),
});

const DockerTarget = z.strictObject({
  kind: z.literal('docker'),
  host: z.string().optional().describe('unix:///… or tcp://…; DOCKER_HOST or the usual socket when absent.'),
  optional: z
    .boolean()
    .default(false)
    .describe('Without an engine that answers, its services are left out, aloud.'),
});

const Service = z.strictObject({
  target: Name,
  image: Name,
  tag: z.string().refine(isTag, 'expected an image tag'),
  timeout: Duration.default('5m').describe('How long it may take until it is observed running.'),
  environment: z
    .record(z.string(), z.string())
    .default({})
    .describe('Values may be env:// or file:// references.'),
  network: z
    .string()
    .optional()
    .describe('docker: made when it is not there. A network of its own when absent.'),
  ports: z
    .array(z.string().regex(/^(?:\d{1,5}:)?\d{1,5}(?:\/(?:tcp|udp))?$/, 'expected PORT or HOSTPORT:PORT'))
    .default([])
    .describe('docker: published on loopback. PORT alone gets a free host port for each new container.'),
  volumes: z
    .array(z.string().regex(/^[^:]+:\/[^:]*(?::ro)?$/, 'expected NAME:/PATH or NAME:/PATH:ro'))
    .default([]),
  command: z.array(z.string()).optional(),
  healthy: z
    .strictObject({ after: Duration.default('2s') })
    .default({ after: '2s' })
    .describe('docker: an image with HEALTHCHECK must become healthy; one without must run this long.'),
});

const Hook = z.strictObject({
  kind: z.enum(['github', 'gitea', 'dockerhub', 'distribution', 'notices']),
  secret: SecretReference,
  repo: Name.optional().describe(
    'github, gitea: the repo whose pushes come here; found by its URL when absent.',
  ),
});

export const ConfigurationShape = z.strictObject({
  repos: z.record(Name, Repo).default({}),
  registries: z.record(z.string(), Registry).default({}).describe('By host, e.g. ghcr.io or 127.0.0.1:5000.'),
  images: z.record(Name, Image).default({}),
  tags: z.record(z.string().refine(isTag, 'expected an image tag'), Tag).default({}),
  targets: z.record(Name, z.discriminatedUnion('kind', [GitTarget, DockerTarget])).default({}),
  services: z.record(Name, Service).default({}),
  hooks: z.record(Name, Hook).default({}).describe('Each is POST /hooks/NAME. No secret, no route.'),
  builds: z
    .strictObject({
      concurrency: z.int().min(1).max(64).default(2),
      timeout: Duration.default('30m'),
    })
    .default({ concurrency: 2, timeout: '30m' }),
  keep: z.strictObject({ deliveries: Duration.default('30d') }).default({ deliveries: '30d' }),
});

export type Configuration = z.infer<typeof ConfigurationShape>;
export type RepoConfiguration = Configuration['repos'][string];
export type ImageConfiguration = Configuration['images'][string];
export type ServiceConfiguration = Configuration['services'][string];
export type TargetConfiguration = Configuration['targets'][string];
export type HookConfiguration = Configuration['hooks'][string];
