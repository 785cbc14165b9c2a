import { z } from 'zod';
import { SecretReference } from './secret-reference.ts';
import { Branch, GitUrl, Some } from './texts.ts';

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
});

const Docker = z.strictObject({
  kind: z.literal('docker'),
  host: Some.optional().describe('unix:///… or tcp://…; DOCKER_HOST or the usual socket when absent.'),
  optional: z
    .boolean()
    .default(false)
    .describe('Without an engine that answers, its services are left out, aloud.'),
});

/** A place that runs services, by kind. A new kind is added here and in `shared/adapters/targets`. */
export const Target = z
  .discriminatedUnion('kind', [Git, Docker])
  .describe(
    'git: rewrites image references in a repository of manifests. docker: runs containers on an engine.',
  );
