import { z } from 'zod';
import { Duration } from '../durations.ts';
import { parseImageReference } from '../names/image-reference.ts';
import { cluster } from './clusters.ts';
import { Limits } from './images.ts';
import { isSecretReference, SecretReference, TextOrSecret } from './secret-reference.ts';
import { Name, PlainText, Some, text, VariableName } from './texts.ts';

const WORDS =
  'In each word {image} is the image by digest, {digest}, {commit} and {tag} what they say; HEADWAY_IMAGE, HEADWAY_DIGEST, HEADWAY_COMMIT, HEADWAY_TAG and HEADWAY_NAME are in the environment.';
const REPORT =
  '{report} is a file where a JUnit report must be then, which may tell of no failure and of at least one test that ran.';
const NO_REPORT = 'expected no {report}: no file comes out of a container; tell by the exit status';
const HOST = 'expected a host name or address, such as login.acme.com';
const USER = 'expected the name of a user, such as ci';
const URL_OR_SECRET =
  'expected an http or https URL without credentials, env://NAME, file://PATH or secret://NAME';

const images = z.array(Name).min(1).optional().describe('Only these images have to pass; all when absent.');
const tested = {
  images,
  timeout: Duration.default('30m').describe('What takes longer has failed.'),
  validFor: Duration.optional().describe(
    'How long a pass counts for the same digest, while these settings stay as they are; for ever when absent.',
  ),
  perTag: z
    .boolean()
    .optional()
    .describe(
      'Whether an answer holds for the tag alone that wanted to move. {tag} or HEADWAY_TAG in its words says so by itself, and so do a POST and a URL that is a secret.',
    ),
};
const environment = z.record(VariableName, TextOrSecret).default({}).describe('Added to its environment.');
const ImageName = text(
  'an image, such as ghcr.io/acme/tests:4',
  name => parseImageReference(name) !== undefined,
);
const program = z.array(PlainText).min(1);
const inContainer = program.refine(words => !words.some(word => word.includes('{report}')), NO_REPORT);

const Command = z.strictObject({
  kind: z.literal('command'),
  run: program.describe(
    `The program and its arguments, run on this machine without a shell. Exit status 0 passes; 75 asks to be asked again later. ${WORDS} ${REPORT}`,
  ),
  environment,
  folder: Some.optional().describe("Where it runs; an empty folder of headway's own when absent."),
  ...tested,
});

const contained = {
  image: ImageName.optional().describe(
    'Another image to run, such as ghcr.io/acme/tests:4; the one that wants to pass when absent.',
  ),
  command: inContainer.describe(
    `Run in a container. Exit status 0 passes; 75 asks to be asked again later. ${WORDS}`,
  ),
  environment,
};

const Docker = z.strictObject({
  kind: z.literal('docker'),
  host: Some.optional().describe('unix:///… or tcp://…; DOCKER_HOST or the usual socket when absent.'),
  ...contained,
  gpus: z.boolean().default(false).describe('Whether it gets all graphics cards of that machine.'),
  limits: Limits.optional().describe('How much it may take.'),
  ...tested,
});

const Kubernetes = z.strictObject({
  kind: z.literal('kubernetes'),
  ...cluster,
  namespace: Some.default('default').describe('Where its Job is made, and removed again.'),
  ...contained,
  nodeSelector: z.record(Some, PlainText).default({}).describe('Labels that its node must have.'),
  resources: z
    .record(Some, PlainText)
    .default({})
    .describe('Limits of its container, e.g. { nvidia.com/gpu: "1", memory: 8Gi }.'),
  ...tested,
});

const Ssh = z.strictObject({
  kind: z.literal('ssh'),
  host: z
    .string(HOST)
    .regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/, HOST)
    .describe('Where to log in.'),
  port: z.int().min(1).max(65_535).default(22).describe('Where its SSH server listens.'),
  user: z
    .string(USER)
    .regex(/^[A-Za-z_][\w.-]*$/, USER)
    .describe('Who logs in.'),
  key: SecretReference.describe('The private key, which no passphrase protects.'),
  knownHosts: TextOrSecret.describe(
    "Lines of a known_hosts file with the host's key (ssh-keyscan prints them; compare before you trust), or where they are. A host with another key is refused.",
  ),
  command: program.describe(
    `Run there. Exit status 0 passes; 75 asks to be asked again later. ${WORDS} ${REPORT}`,
  ),
  ...tested,
});

const Http = z.strictObject({
  kind: z.literal('http'),
  method: z.enum(['GET', 'POST']).default('GET').describe('How it is asked.'),
  url: z
    .string(URL_OR_SECRET)
    .refine(isHttpOrSecret, URL_OR_SECRET)
    .describe(
      'An answer of 2xx passes, unless it is JSON with passed: false; { passed, reason } may be in it. {image}, {digest}, {commit} and {tag} are put in; a POST has them as JSON. May be where the URL is, if that is a secret.',
    ),
  ...tested,
  timeout: Duration.default('30s').describe('No answer within this is a failure.'),
});

const Age = z.strictObject({
  kind: z.literal('age'),
  atLeast: Duration.describe('How long ago the image must have been built, e.g. 24h.'),
  images,
});

const HealthyFor = z.strictObject({
  kind: z.literal('healthy-for'),
  service: Name.describe(
    'Must be observed running this very digest. Other images than its own have nothing to show.',
  ),
  atLeast: Duration.describe('For how long, without a break, e.g. 2h.'),
  deadline: Duration.default('1d').describe(
    'Whatever has not been healthy for that long by then has failed.',
  ),
  images,
});

const Approval = z.strictObject({
  kind: z.literal('approval'),
  count: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('How many people must say yes. One no is enough to refuse.'),
  from: z.array(Some).min(1).optional().describe('Who has a voice; everybody when absent.'),
  deadline: Duration.default('7d').describe('Without enough voices by then it has failed.'),
});

/** A test that must pass before a tag moves. A new kind that runs something is added here and in `shared/adapters/gates`. */
export const Gate = z
  .discriminatedUnion('kind', [Command, Docker, Kubernetes, Ssh, Http, Age, HealthyFor, Approval])
  .describe(
    'command, docker, kubernetes, ssh: run a test. http: asks somebody. age, healthy-for: let time show. approval: asks people, about a promotion, or about each commit that a tag would move to by itself.',
  );
export type GateConfiguration = z.infer<typeof Gate>;

function isHttpOrSecret(text: string): boolean {
  if (isSecretReference(text)) return true;
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && `${url.username}${url.password}` === '';
}
