import { z } from 'zod';
import { SecretReference } from './secret-reference.ts';
import { ImagePrefix, JsonPointer, Name, PlainText, Some } from './texts.ts';

const secret = SecretReference;
const repo = Name.optional().describe('The repo whose pushes come here; found by its URL when absent.');

const forge = <Kind extends string>(kind: Kind) => z.strictObject({ kind: z.literal(kind), secret, repo });
const registry = <Kind extends string>(kind: Kind) => z.strictObject({ kind: z.literal(kind), secret });

const DockerHub = z.strictObject({
  kind: z.literal('dockerhub'),
  secret,
  registry: ImagePrefix.default('docker.io').describe(
    'What the names of its images begin with, where services pull them through a cache of Docker Hub: its host, or host and path.',
  ),
});

const Nexus = z.strictObject({
  kind: z.literal('nexus'),
  secret,
  registry: ImagePrefix.describe(
    'What the names of its images begin with: its connector, or host and repository, e.g. nexus.acme.com:8082.',
  ),
});

const Jfrog = z.strictObject({
  kind: z.literal('jfrog'),
  secret,
  registry: ImagePrefix.optional().describe(
    "What the names of its images begin with; the platform's host and the repository's key when absent.",
  ),
});

const Generic = z.strictObject({
  kind: z.literal('generic'),
  secret,
  signature: z
    .strictObject({
      header: z
        .string('expected the name of a header')
        .regex(/^[A-Za-z0-9-]+$/, 'expected the name of a header, such as X-Signature')
        .describe('Where the HMAC of the body is, in hex.'),
      prefix: PlainText.default('').describe('What stands before it, e.g. sha256=.'),
      algorithm: z.enum(['sha256', 'sha1', 'sha512']).default('sha256').describe("Of the HMAC's hash."),
    })
    .optional()
    .describe('How the sender signs. Without it the secret is a bearer token, or the last part of the path.'),
  registry: ImagePrefix.optional().describe('Put before what is found at repository.'),
  repository: JsonPointer.describe('Where the repository is, or a whole reference, e.g. /repository/name.'),
  tag: JsonPointer.optional().describe(
    'Where the tag is, or several: * is every item of a list, e.g. /images/*/tag. The tag of the reference when absent.',
  ),
  digest: JsonPointer.optional().describe(
    'Where the digest is, for a sender that signs; else it is read from the registry.',
  ),
  when: z
    .record(JsonPointer, Some)
    .default({})
    .describe('Texts that must be found, e.g. /action: push. What has others is ignored.'),
});

/** Who sends webhooks, by kind. A new kind is added here, in `functions/hooks` and in `shared/domain/registry-pushes`. */
export const Hook = z
  .discriminatedUnion('kind', [
    forge('github'),
    forge('gitea'),
    forge('gitlab'),
    DockerHub,
    registry('distribution'),
    registry('harbor'),
    registry('quay'),
    registry('acr'),
    registry('ecr'),
    Nexus,
    Jfrog,
    Generic,
    registry('notices'),
  ])
  .describe(
    'github, gitea, gitlab: pushes of a forge; github also those of ghcr.io. dockerhub, distribution, harbor, quay, ' +
      'acr, ecr, nexus, jfrog: pushes of a registry. generic: those of any other, by template. notices: what others built.',
  );
export type HookConfiguration = z.infer<typeof Hook>;
export type HookKind = HookConfiguration['kind'];
export type GenericHook = Extract<HookConfiguration, { readonly kind: 'generic' }>;

/** Senders without headers of their own: their secret is the last part of the path. */
export function keepsSecretInPath(hook: HookConfiguration): boolean {
  if (hook.kind === 'generic') return hook.signature === undefined;
  return hook.kind === 'dockerhub' || hook.kind === 'quay';
}
