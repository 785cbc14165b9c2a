import { z } from 'zod';
import { Duration } from '../durations.ts';
import { Hook } from './hooks.ts';
import { Repo } from './repos.ts';
import { SecretReference } from './secret-reference.ts';
import { Service } from './services.ts';
import { Target } from './targets.ts';
import {
  Branch,
  HostName,
  Moment,
  Name,
  named,
  PlainText,
  RegistryHost,
  RelativePath,
  Repository,
  Some,
  TagName,
  VariableName,
} from './texts.ts';

const Registry = z.strictObject({
  username: Some.optional().describe('Goes with password.'),
  password: SecretReference.optional(),
  insecure: z.boolean().default(false).describe('Plain HTTP. Loopback registries need no such word.'),
});

const Image = z.strictObject({
  repository: Repository.describe('Where it is pushed to, e.g. ghcr.io/acme/web.'),
  repo: Name.optional().describe(
    'The repo whose commits it is built from. An image without one has no order: its tags are moved by the registry.',
  ),
  context: RelativePath.default('.').describe('The build context, relative to the repo.'),
  dockerfile: RelativePath.default('Dockerfile').describe('Relative to the context.'),
  parent: Name.optional().describe('The image it stands on: built first, at the same commit.'),
  parentArg: VariableName.default('BASE').describe(
    "The build argument that gets the parent's exact reference, by digest.",
  ),
  args: z
    .record(VariableName, PlainText)
    .default({})
    .describe('Further build arguments. They stay in the image: no secrets.'),
  platform: Some.optional().describe('e.g. linux/amd64.'),
  builder: z
    .enum(['auto', 'docker', 'layers', 'none'])
    .default('auto')
    .describe(
      'auto: docker if an engine answers, else layers. none: somebody else builds it and sends notices.',
    ),
});

const Tag = z.strictObject({
  images: z.array(Name).min(1).describe('The images that carry it: no other image is ever given this tag.'),
  branch: Branch.optional().describe("The branch it follows; the repo's tracked branch when absent."),
  movedBy: z
    .enum(['headway', 'registry'])
    .default('headway')
    .describe('registry: others move it by pushing; headway reads it and deploys what follows it.'),
});

const Freeze = z.strictObject({
  from: Moment.describe('e.g. 2026-12-23T18:00:00+01:00.'),
  until: Moment.describe('e.g. 2027-01-02T08:00:00+01:00.'),
  why: Some.describe('Shown wherever something waits for its end.'),
});
export type Freeze = z.infer<typeof Freeze>;

/** What `headway.yaml` may say. The published JSON Schema is made from this. */
export const ConfigurationShape = z
  .strictObject({
    repos: named(Name, Repo).describe('Git repositories, with the branch whose commits are built.'),
    registries: named(RegistryHost, Registry).describe('By host, e.g. ghcr.io or 127.0.0.1:5000.'),
    images: named(Name, Image).describe('What is built or watched.'),
    tags: named(TagName, Tag).describe('Moving tags: each follows a branch, forward only.'),
    targets: named(Name, Target).describe('Places that run services.'),
    services: named(Name, Service).describe('What runs there, each following an image and tag.'),
    hooks: named(Name, Hook).describe('Each is POST /hooks/NAME. No secret, no route.'),
    server: z
      .strictObject({
        hostName: HostName.optional().describe(
          'The name that people and forges reach the server by, e.g. headway.acme.com. Other names are refused.',
        ),
      })
      .default({})
      .describe('Where headway itself is reached.'),
    builds: z
      .strictObject({
        concurrency: z.int().min(1).max(64).default(2).describe('How many run at once.'),
        timeout: Duration.default('30m').describe('A build that takes longer has failed.'),
      })
      .default({ concurrency: 2, timeout: '30m' })
      .describe('How images are built.'),
    deploys: z
      .strictObject({
        concurrency: z.int().min(1).max(1_000).optional().describe('How many at once at one target.'),
        freezes: z.array(Freeze).default([]).describe('When nothing is deployed by itself.'),
      })
      .default({ freezes: [] })
      .describe('When services are deployed.'),
    smartRedeploy: z
      .strictObject({
        every: Duration.default('5m').describe('How often every service is compared with what is published.'),
        budget: Duration.default('45s').describe(
          'How long one comparison may take; the next goes on from there.',
        ),
        concurrency: z.int().min(1).max(100).default(8).describe('How many requests are under way at once.'),
      })
      .default({ every: '5m', budget: '45s', concurrency: 8 })
      .describe('Finds and mends what drifted: running digests against published ones.'),
    keep: z
      .strictObject({ deliveries: Duration.default('30d').describe('How long webhooks can be replayed.') })
      .default({ deliveries: '30d' })
      .describe('How long things are kept.'),
  })
  .meta({ title: 'headway.yaml', description: 'The configuration of headway.' });

export type { HookConfiguration } from './hooks.ts';
export type Configuration = z.infer<typeof ConfigurationShape>;
export type RepoConfiguration = Configuration['repos'][string];
export type ImageConfiguration = Configuration['images'][string];
export type ServiceConfiguration = Configuration['services'][string];
export type TargetConfiguration = Configuration['targets'][string];
