import type { Configuration } from '../../domain/configuration/schema.ts';
import { secretPlaces } from '../../domain/configuration/secret-places.ts';
import type { SecretReference } from '../../domain/configuration/secret-reference.ts';
import type { Secrets } from './create-secrets.ts';

/** Something about a secret, at the place of the configuration that refers to it. */
export type SecretNote = { readonly path: readonly (string | number)[]; readonly message: string };

export type ResolvedSecrets =
  | {
      /**
       * The value behind a reference of the configuration.
       * @throws {RangeError} for any other reference.
       */
      readonly secret: (reference: SecretReference) => string;
      readonly warnings: readonly SecretNote[];
    }
  | { readonly problems: readonly SecretNote[] };

/** Resolves every secret that a configuration refers to, at start: all of them, or every problem at once. */
export async function resolveSecrets(
  configuration: Configuration,
  secrets: Secrets,
): Promise<ResolvedSecrets> {
  const places = secretPlaces(configuration);
  const found = await Promise.all(
    places.map(async place => ({ ...place, resolution: await secrets.resolve(place.reference) })),
  );
  const problems = found.flatMap(({ path, resolution }) =>
    'problem' in resolution ? [{ path, message: resolution.problem }] : [],
  );
  if (problems.length > 0) return { problems };
  const values = new Map<SecretReference, string>();
  const warnings: SecretNote[] = [];
  for (const { path, reference, resolution } of found) {
    if ('problem' in resolution) continue;
    if (!values.has(reference)) warnings.push(...resolution.warnings.map(message => ({ path, message })));
    values.set(reference, resolution.value);
  }
  return {
    warnings,
    secret(reference) {
      const value = values.get(reference);
      if (value === undefined) {
        throw new RangeError(`Cannot find secret "${reference}": the configuration does not refer to it`);
      }
      return value;
    },
  };
}
