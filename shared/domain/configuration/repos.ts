import { z } from 'zod';
import { SecretReference } from './secret-reference.ts';
import { Credentials } from './targets.ts';
import { ApiUrl, Branch, GitUrl } from './texts.ts';

const App = z.strictObject({
  appId: z.int().min(1).describe("The App's number, on its settings page."),
  installationId: z.int().min(1).describe('The number at the end of the address of the installation.'),
  privateKey: SecretReference,
});

/** A Git repository, and how headway asks for its history and files. */
export const Repo = z.strictObject({
  url: GitUrl.describe('What git clones: https://, ssh or a path. No credentials in it.'),
  branch: Branch.default('main').describe('The tracked branch: tags follow its newest commit.'),
  onRewrite: z
    .enum(['wait', 'follow'])
    .default('wait')
    .describe(
      'After a forced push: wait for a person, or follow the new history once the old commit is gone from it.',
    ),
  credentials: Credentials.optional().describe('For an https URL that needs them.'),
  forge: z
    .enum(['git', 'github', 'gitlab', 'gitea', 'gitiles'])
    .default('git')
    .describe(
      'Who tells the order of commits and gives the files: git in a mirror on disk, or the API of a forge (gitea: Forgejo too), which needs no clone.',
    ),
  api: ApiUrl.optional().describe("Where the forge's API begins, when it is not where the URL suggests."),
  token: SecretReference.optional().describe(
    'For the API: env://NAME, file://PATH or secret://NAME of a token that may read the repository.',
  ),
  app: App.optional().describe('github: an App with the permission "Contents: read", instead of a token.'),
  report: z
    .boolean()
    .default(false)
    .describe(
      'Whether each build is shown beside its commit at the forge. The token must be allowed to write that: github "Commit statuses: write" (an App too), gitlab the scope api and the role Developer, gitea write:repository.',
    ),
  pullRequests: z
    .enum(['off', 'own', 'all'])
    .default('off')
    .describe(
      'Whose pull requests are built and tested, which moves no tag. own: those from branches of the same repository. all: from forks too, which runs the code of strangers on your builders.',
    ),
});
