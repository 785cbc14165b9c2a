import { z } from 'zod';
import { Duration } from '../durations.ts';
import { SecretReference } from './secret-reference.ts';
import { Credentials } from './targets.ts';
import { ApiUrl, Branch, GitUrl, ImagePrefix, PlainText, RelativePath, Some, TagPrefix } from './texts.ts';

const App = z.strictObject({
  appId: z.int().min(1).describe("The App's number, on its settings page."),
  installationId: z.int().min(1).describe('The number at the end of the address of the installation.'),
  privateKey: SecretReference,
});

const Builds = z.strictObject({
  branches: z
    .array(Some)
    .default([])
    .describe(
      'Further branches that are built, beside the tracked one and those that tags follow: * is any part of a name.',
    ),
  plan: z
    .enum(['everything', 'changed'])
    .default('everything')
    .describe(
      'Which images are built on the tracked branch: everything, or what changed and what stands on it. On all other branches it is what changed.',
    ),
  parents: z
    .enum(['rebuild', 'reuse'])
    .default('rebuild')
    .describe(
      "What becomes of images that did not change. rebuild: a branch's first push builds everything, and an image is built anew when its parent was. reuse: a first push takes them over from the tracked branch, and one that stands on an older parent will do.",
    ),
  buildAll: z
    .array(RelativePath)
    .default([])
    .describe('Files and folders of which every image depends, e.g. shared tests.'),
  ignore: z.array(RelativePath).default([]).describe('Files and folders whose change means nothing.'),
  quiet: Duration.default('0s').describe(
    'How long a push waits for the next one of its branch, which then takes its place.',
  ),
  supersede: z
    .enum(['never', 'waiting', 'running'])
    .default('never')
    .describe(
      'What a newer push of a branch does to the builds of older ones. waiting: those that have not begun are not begun. running: those under way are cancelled too. never: every commit gets its images.',
    ),
  stopAll: z
    .boolean()
    .default(false)
    .describe('Whether one image that fails ends the builds of all others of its commit.'),
  priority: z.int().min(-100).max(100).default(0).describe('Higher ones are built first.'),
});

/** A repo that says itself, at each commit, which images there are. */
export const Stack = z.strictObject({
  file: RelativePath.default('images/spec.yml').describe(
    'The spec.yml that declares the images, each in the folder of its name beside it, read at the pushed commit.',
  ),
  repositories: ImagePrefix.describe(
    'Where its images are pushed to, e.g. ghcr.io/acme, unless they say another place themselves.',
  ),
  test: z
    .array(PlainText)
    .min(1)
    .default(['python', '-m', 'pytest', '-x', '-p', 'no:cacheprovider'])
    .describe('Run in a container of each image, on tests_common and its own test folder.'),
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
  builds: Builds.prefault({}).describe('Which of its pushes are built, what of them, and when.'),
  stack: Stack.optional().describe('For a repo that says itself which images there are.'),
  branchTags: z
    .strictObject({ prefix: TagPrefix.optional().describe("e.g. 2026.3; the stack's own when absent.") })
    .optional()
    .describe(
      'Each image also gets a tag of its branch, PREFIX-BRANCH, which follows the branch. A stack always has them.',
    ),
  app: App.optional().describe('github: an App with the permission "Contents: read", instead of a token.'),
  report: z
    .boolean()
    .default(false)
    .describe(
      'Whether each build is shown beside its commit at the forge. The token must be allowed to write that: github "Commit statuses: write" (an App "Checks: write": it shows check runs), gitlab the scope api and the role Developer, gitea write:repository.',
    ),
  pullRequests: z
    .enum(['off', 'own', 'all'])
    .default('off')
    .describe(
      'Whose pull requests are built and tested, which moves no tag. own: those from branches of the same repository. all: from forks too, which runs the code of strangers on your builders.',
    ),
});
