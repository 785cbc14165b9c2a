import { z } from 'zod';

const EXPECTED = 'expected env://NAME or file://PATH, never the secret itself';
const PATTERN = /^(?:env:\/\/[A-Za-z_][A-Za-z0-9_]*|file:\/\/[^\0\r\n]+)$/;

/** Says where a secret is. The secret itself is never in the configuration. */
export const SecretReference = z
  .string(EXPECTED)
  .regex(PATTERN, EXPECTED)
  .describe(
    'Where the secret is: env://NAME (an environment variable) or file://PATH (a file; relative to the folder of this one).',
  );
export type SecretReference = z.infer<typeof SecretReference>;

/** Plain text, or where it is: what begins like a reference has to be one. */
export const TextOrSecret = z
  .string('expected text (numbers, true and false in quotes), env://NAME or file://PATH')
  .refine(text => !/^(?:env|file):/.test(text) || isSecretReference(text), EXPECTED)
  .meta({ description: 'Text, or where it is: env://NAME or file://PATH.' });

export function isSecretReference(text: string): boolean {
  return PATTERN.test(text);
}

/** The two kinds of {@link SecretReference}, taken apart. */
export function parseSecretReference(
  reference: SecretReference,
): { readonly kind: 'env'; readonly name: string } | { readonly kind: 'file'; readonly path: string } {
  return reference.startsWith('env://')
    ? { kind: 'env', name: reference.slice('env://'.length) }
    : { kind: 'file', path: reference.slice('file://'.length) };
}
