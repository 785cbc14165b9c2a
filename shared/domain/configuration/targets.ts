import { z } from 'zod';
import { cluster } from './clusters.ts';
import { CaddySettings } from './routes.ts';
import { isSecretReference, SecretReference, TextOrSecret } from './secret-reference.ts';
import { ApiUrl, Branch, GitUrl, RegistryHost, Some, VariableName } from './texts.ts';

export const Credentials = z.strictObject({
  username: Some.describe('Who; for a token, what the host says (often the account, or oauth2accesstoken).'),
  password: SecretReference,
});

const Git = z.strictObject({
  kind: z.literal('git'),
  url: GitUrl.describe('The repository of manifests. No credentials in it.'),
  branch: Branch.default('main').describe('Where the changes are committed.'),
  files: z
    .array(Some)
    .min(1)
    .default(['**/*.yaml', '**/*.yml'])
    .describe('Which files to look in: ** is any folders, * any part of a name.'),
  author: z
    .strictObject({ name: Some.describe('As Git shows it.'), email: Some.describe('As Git shows it.') })
    .default({ name: 'headway', email: 'headway@localhost' })
    .describe('Who the commits are by.'),
  credentials: Credentials.optional().describe('For an https URL that needs them.'),
  pullRequest: z
    .strictObject({
      forge: z.enum(['github', 'gitlab', 'gitea']).describe('Whose API opens it.'),
      api: ApiUrl.optional().describe('Where the API begins; found from the URL when absent.'),
      token: SecretReference.describe('It may write pull requests (merge requests) of the repository.'),
    })
    .optional()
    .describe(
      'Changes are not committed on the branch but proposed: one pull request of branch headway/TARGET holds all that is not merged yet. ' +
        'Its services are updating until somebody merges it: give them a timeout that people can keep, such as 7d.',
    ),
  apply: z
    .strictObject({
      kubeconfig: Some.optional().describe('Its path; where kubectl looks by itself when absent.'),
      context: Some.optional().describe('Which context of the kubeconfig; its current one when absent.'),
    })
    .optional()
    .describe(
      'After each push, kubectl (found on the PATH) applies the changed files: plain manifests, each whole by itself. ' +
        'A service runs once that has succeeded. Not together with pullRequest.',
    ),
});

const Discover = z
  .enum(['off', 'labelled', 'all'])
  .default('off')
  .describe(
    'Whether what runs there from an image and tag of this configuration is a service without being named: ' +
      'labelled asks for the label headway.enable: "true" or headway.follow: TAG; all takes whatever has not headway.enable: "false".',
  );

const Docker = z.strictObject({
  kind: z.literal('docker'),
  discover: Discover,
  host: Some.optional().describe('unix:///… or tcp://…; DOCKER_HOST or the usual socket when absent.'),
  optional: z
    .boolean()
    .default(false)
    .describe('Without an engine that answers, its services are left out, aloud.'),
  proxy: CaddySettings.optional().describe('Leads requests to the services that have routes.'),
});

const Kubernetes = z.strictObject({
  kind: z.literal('kubernetes'),
  discover: Discover,
  ...cluster,
  namespace: Some.default('default').describe('Where its workloads are.'),
});

const Swarm = z.strictObject({
  kind: z.literal('swarm'),
  discover: Discover,
  host: Some.optional().describe(
    'A manager: unix:///… or tcp://…; DOCKER_HOST or the usual socket when absent. A service with the label ' +
      'headway.hold, whose value says why, is left alone.',
  ),
});

const Swarmpit = z.strictObject({
  kind: z.literal('swarmpit'),
  discover: Discover,
  url: ApiUrl.describe(
    'e.g. https://swarmpit.acme.com. It deploys by tag, so that a service can only go to the digest that its tag or ' +
      "its commit's own tag is. The label headway.hold counts as for swarm.",
  ),
  token: SecretReference.describe('An API token of Swarmpit, with or without the word Bearer.'),
});

const CloudRun = z.strictObject({
  kind: z.literal('cloud-run'),
  discover: Discover,
  project: Some.describe('The Google Cloud project.'),
  region: Some.describe('e.g. europe-west1.'),
  endpoint: ApiUrl.optional().describe('Of the Admin API, where it is not run.googleapis.com.'),
});

const Heroku = z.strictObject({
  kind: z.literal('heroku'),
  discover: Discover,
  token: SecretReference.describe('An API key or authorization of the Platform API.'),
  registry: RegistryHost.default('registry.heroku.com').describe(
    'Where images are copied to before a release.',
  ),
  endpoint: ApiUrl.optional().describe('Of the Platform API, where it is not api.heroku.com.'),
});

const Ecs = z.strictObject({
  kind: z.literal('ecs'),
  discover: Discover,
  region: Some.describe('e.g. eu-central-1.'),
  cluster: Some.default('default').describe('Its name or ARN.'),
  accessKeyId: SecretReference.optional().describe(
    'With secretAccessKey; the usual AWS sources when absent.',
  ),
  secretAccessKey: SecretReference.optional(),
  endpoint: ApiUrl.optional().describe('Of the ECS API, where it is not the usual one of the region.'),
});

const Command = z.strictObject({
  kind: z.literal('command'),
  run: z
    .array(Some)
    .min(1)
    .describe(
      'The program and its arguments, run without a shell, with IMAGE (repository@digest), DIGEST, SERVICE, PREVIOUS, COMMIT in its environment. ' +
        'Exit code 75 is a failure that may pass by itself. A container in its place: [docker, run, --rm, --env, IMAGE, --env, DIGEST, …].',
    ),
  observe: z
    .array(Some)
    .min(1)
    .optional()
    .describe(
      'A program that prints the digest that runs of SERVICE (nothing when it does not run; "held: WHY" to be left alone); what the last successful run deployed counts as running when absent.',
    ),
  environment: z
    .record(VariableName, TextOrSecret)
    .default({})
    .describe('Added to its environment, which has PATH and HOME besides.'),
  folder: Some.optional().describe("Where it runs; a folder of headway's own when absent."),
});

const URL_OR_SECRET =
  'expected an http or https URL without credentials or query, env://NAME, file://PATH or secret://NAME';
const UrlOrSecret = z
  .string(URL_OR_SECRET)
  .refine(text => isSecretReference(text) || ApiUrl.safeParse(text).success, URL_OR_SECRET);

const Webhook = z.strictObject({
  kind: z.literal('webhook'),
  url: UrlOrSecret.describe(
    "Receives a POST for each deploy; {service} in it is replaced by the workload's name. A reference to a secret where the address itself is one, as Portainer's and CapRover's are.",
  ),
  secret: SecretReference.describe(
    'Signs the body: X-Headway-Signature-256 is sha256= and the HMAC-SHA256 in hex, as GitHub signs.',
  ),
  observe: ApiUrl.optional().describe(
    'Answers GET with the digest that runs, plain or as { "digest" } (404 when it does not run, 423 to be left alone); an answer of 2xx to the POST counts as running when absent.',
  ),
});

/** A place that runs services, by kind. A new kind is added here and in `shared/adapters/targets`. */
export const Target = z
  .discriminatedUnion('kind', [
    Git,
    Docker,
    Kubernetes,
    Swarm,
    Swarmpit,
    CloudRun,
    Heroku,
    Ecs,
    Command,
    Webhook,
  ])
  .describe(
    'git: rewrites image references in a repository of manifests. docker: runs containers on an engine. ' +
      'kubernetes, swarm, swarmpit, cloud-run, heroku, ecs: bring what is there to a digest. ' +
      'command, webhook: tell somebody else to.',
  );
