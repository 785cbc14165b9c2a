import { dirname } from 'node:path';
import { createGoogleSecrets } from '../../shared/adapters/google/google-secrets.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import { formatMistakes } from '../../shared/runtime/configuration/format-mistakes.ts';
import type { Mistake } from '../../shared/runtime/configuration/placed-mistakes.ts';
import { readConfigurationFile } from '../../shared/runtime/configuration/read-configuration-file.ts';
import { projectFrom } from '../../shared/runtime/project.ts';
import { createSecrets } from '../../shared/runtime/secrets/create-secrets.ts';
import { readSecretFile } from '../../shared/runtime/secrets/read-secret-file.ts';
import { resolveSecrets } from '../../shared/runtime/secrets/resolve-secrets.ts';

export type Loaded = {
  readonly configuration: Configuration;
  readonly secret: (reference: string) => string;
  readonly redact: (text: string) => string;
  /** What stops nothing, as sentences. */
  readonly warnings: readonly string[];
};
/** Every mistake, for machines, and as text with excerpts, for people. */
export type Broken = { readonly mistakes: readonly Mistake[]; readonly text: string };

/** Reads a configuration and the secrets that it refers to. @throws {PermanentError} when there is no file to read. */
export async function loadConfiguration(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Loaded | Broken> {
  const reading = await readConfigurationFile(path);
  if ('mistakes' in reading) return broken(reading.mistakes, reading.text);
  const { configuration, mistakeAt } = reading;
  const project = projectFrom(environment);
  const secrets = createSecrets({
    environment,
    baseDirectory: dirname(path),
    readFile: readSecretFile,
    managed: project === undefined ? undefined : createGoogleSecrets({ project, clock: { now: Date.now } }),
  });
  const resolved = await resolveSecrets(configuration, secrets);
  if ('problems' in resolved) {
    return broken(
      resolved.problems.map(({ path: at, message }) => mistakeAt(at, message)),
      reading.text,
    );
  }
  const warnings = resolved.warnings.map(({ message }) => message);
  return { configuration, secret: resolved.secret, redact: secrets.redact, warnings };
}

function broken(mistakes: readonly Mistake[], text: string): Broken {
  return { mistakes, text: formatMistakes(mistakes, text) };
}
