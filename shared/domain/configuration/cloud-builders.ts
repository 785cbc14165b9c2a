import { z } from 'zod';
import { Duration } from '../durations.ts';
import { cluster } from './clusters.ts';
import { Limits } from './images.ts';
import { TextOrSecret } from './secret-reference.ts';
import { TestedBy } from './tested-by.ts';
import { ApiUrl, PlainText, Some, VariableName } from './texts.ts';

const concurrency = z
  .int()
  .min(1)
  .max(64)
  .optional()
  .describe('How many of its builds run at once; in the cloud, in each instance of the function.');

const Tool = z.strictObject({
  image: Some.describe('e.g. gcr.io/kaniko-project/executor:v1.24.0.'),
  command: z
    .array(Some)
    .min(1)
    .describe(
      'One argument an item. $(HEADWAY_IMAGE), $(HEADWAY_CONTEXT) and $(HEADWAY_DOCKERFILE) stand for what their names say, ' +
        '$(HEADWAY_BUILD_ARGS) and $(HEADWAY_LABELS) for an argument --build-arg=NAME=VALUE or --label=NAME=VALUE each. ' +
        'It pushes, and may write the digest of what it pushed to $(HEADWAY_DIGEST_FILE). Logins are in $DOCKER_CONFIG.',
    ),
});

export const KubernetesBuilder = z.strictObject({
  kind: z.literal('kubernetes'),
  ...cluster,
  namespace: Some.default('default').describe('Where its jobs are made.'),
  image: Some.describe("headway's own image (infra/container), as its nodes pull it, best by digest."),
  tool: Tool.optional().describe(
    'Another tool that builds what headway has unpacked, e.g. kaniko or buildah. Without it headway builds layer by layer, and runs no RUN.',
  ),
  serviceAccount: Some.optional().describe(
    "Whom its pods run as at the cluster's cloud; they get no token of the cluster.",
  ),
  nodeSelector: z.record(Some, PlainText).default({}).describe('Labels that a node must have.'),
  resources: Limits.optional().describe('How much a build may take, where its image does not say.'),
  environment: z.record(VariableName, TextOrSecret).default({}).describe('For the containers of its pods.'),
  timeout: Duration.default('1h').describe(
    'The cluster ends what takes longer, whatever becomes of headway.',
  ),
  tests: TestedBy,
  concurrency,
});

const LOGS = 'expected a bucket such as gs://acme-build-logs';

export const CloudBuildBuilder = z.strictObject({
  kind: z.literal('cloud-build'),
  project: Some.describe('Where its builds are.'),
  region: Some.default('global').describe('e.g. europe-west1.'),
  bucket: Some.describe('In Cloud Storage, for the sources; see that it forgets them after some days.'),
  serviceAccount: Some.optional().describe(
    'projects/PROJECT/serviceAccounts/EMAIL that builds run as; the one of Cloud Build when absent.',
  ),
  machineType: Some.optional().describe('e.g. E2_HIGHCPU_8.'),
  logs: z
    .string(LOGS)
    .regex(/^gs:\/\/[a-z0-9][a-z0-9._/-]+$/, LOGS)
    .optional()
    .describe('A bucket for its logs (gs://NAME); Cloud Logging when absent.'),
  endpoint: ApiUrl.optional().describe('Of the Cloud Build API, where it is not the usual one.'),
  timeout: Duration.default('1h').describe(
    'Cloud Build ends what takes longer, whatever becomes of headway.',
  ),
  tests: TestedBy,
  concurrency,
});
