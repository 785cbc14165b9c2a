import { z } from 'zod';
import { Duration } from '../durations.ts';
import { Builder } from './builders.ts';
import { Gate } from './gates.ts';
import { Hook } from './hooks.ts';
import { Images } from './images.ts';
import { Promotions } from './promotions.ts';
import { Repo } from './repos.ts';
import { SecretReference } from './secret-reference.ts';
import { Service } from './services.ts';
import { Tag } from './tags.ts';
import { Target } from './targets.ts';
import { HostName, Moment, Name, named, RegistryHost, Some, TagName } from './texts.ts';
import { Wiki } from './wiki.ts';

const Registry = z.strictObject({
  username: Some.optional().describe('Goes with password.'),
  password: SecretReference.optional(),
  insecure: z.boolean().default(false).describe('Plain HTTP. Loopback registries need no such word.'),
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
    images: Images.describe('What is built or watched.'),
    builders: named(Name, Builder).describe(
      'Who builds images, where the words auto, docker and layers will not do.',
    ),
    tags: named(TagName, Tag).describe('Moving tags: each follows a branch, forward only.'),
    gates: named(Name, Gate).describe('Tests that must pass before a tag moves.'),
    promotions: Promotions,
    wikis: named(Name, Wiki).describe('Git wikis that show which images there are.'),
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
        concurrency: z
          .int()
          .min(1)
          .max(64)
          .default(2)
          .describe(
            'How many run at once on one machine; in the cloud the instances of the function decide.',
          ),
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
      .strictObject({
        deliveries: Duration.default('30d').describe('How long webhooks can be replayed.'),
        results: Duration.default('400d').describe(
          'How long the logs, lists and pages of builds stay once nothing is in use that they are of: the newest image, and what a tag, a service or a promotion names.',
        ),
      })
      .default({ deliveries: '30d', results: '400d' })
      .describe('How long things are kept.'),
  })
  .meta({ title: 'headway.yaml', description: 'The configuration of headway.' });

export type { HookConfiguration } from './hooks.ts';
export type { ImageConfiguration } from './images.ts';
export type Configuration = z.infer<typeof ConfigurationShape>;
export type RepoConfiguration = Configuration['repos'][string];
export type ServiceConfiguration = Configuration['services'][string];
export type TargetConfiguration = Configuration['targets'][string];
