import { z } from 'zod';

const EXPECTED = 'expected env://NAME, file://PATH or secret://NAME, never the secret itself';
/** Names and versions as Secret Manager has them: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create */
const PATTERN =
  /^(?:env:\/\/[A-Za-z_][A-Za-z0-9_]*|file:\/\/[^\0\r\n]+|secret:\/\/[A-Za-z0-9_-]{1,255}(?:\/(?:latest|[1-9]\d{0,18}))?)$/;

/** Says where a secret is. The secret itself is never in the configuration. */
export const SecretReference = z
  .string(EXPECTED)
  .regex(PATTERN, EXPECTED)
  .describe(
    "Where the secret is: env://NAME (an environment variable), file://PATH (a file; relative to the folder of this one) or secret://NAME (in Google's Secret Manager; secret://NAME/3 for one version).",
  );
export type SecretReference = z.infer<typeof SecretReference>;

/** Plain text, or where it is: what begins like a reference has to be one. */
export const TextOrSecret = z
  .string('expected text (numbers, true and false in quotes), env://NAME, file://PATH or secret://NAME')
  .refine(text => !/^(?:env|file|secret):/.test(text) || isSecretReference(text), EXPECTED)
  .meta({ description: 'Text, or where it is: env://NAME, file://PATH or secret://NAME.' });

export function isSecretReference(text: string): boolean {
  return PATTERN.test(text);
}

/** A {@link SecretReference}, taken apart. */
export type SecretPlace =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  /** The version is a number, or `latest`. */
  | { readonly kind: 'secret'; readonly name: string; readonly version: string };

export function parseSecretReference(reference: SecretReference): SecretPlace {
  const [, kind, place = ''] = /^(env|file|secret):\/\/(.*)$/s.exec(reference) ?? [];
  if (kind === 'env') return { kind, name: place };
  if (kind === 'file') return { kind, path: place };
  const [name = '', version = 'latest'] = place.split('/');
  return { kind: 'secret', name, version };
}
