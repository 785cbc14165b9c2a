import { isAbsolute, resolve } from 'node:path';
import { parseSecretReference, type SecretReference } from '../../domain/configuration/secret-reference.ts';
import type { ManagedSecrets } from '../../ports/managed-secrets.ts';
import type { ReadSecretFile } from './read-secret-file.ts';
import { createRedactor } from './redactor.ts';
import { whatIsWrongWith } from './wrong-values.ts';

const NO_PROJECT =
  'no project is known that keeps it; set GOOGLE_CLOUD_PROJECT to the one whose Secret Manager does';

/** What came of looking up a reference. Problems and warnings are sentences that name the reference, never the value. */
export type Resolution =
  | { readonly value: string; readonly warnings: readonly string[] }
  | { readonly problem: string };

export interface Secrets {
  /**
   * The value behind a reference, read once; a managed one as often as its keeper lets it change. One trailing
   * newline of a file or of a managed secret is not part of it.
   */
  resolve(reference: SecretReference): Promise<Resolution>;
  /** The text without any secret that was resolved before, in whatever spelling: see {@link createRedactor}. */
  redact(text: string): string;
}

/**
 * Secrets in environment variables (`env://NAME`), in files (`file://PATH`, relative to `baseDirectory`) and with a
 * keeper of secrets (`secret://NAME`), where there is one.
 */
export function createSecrets(from: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly baseDirectory: string;
  readonly readFile: ReadSecretFile;
  readonly managed?: ManagedSecrets | undefined;
}): Secrets {
  const known = new Map<SecretReference, Promise<Resolution>>();
  const redactor = createRedactor();
  return {
    resolve(reference) {
      const resolution = known.get(reference) ?? look(reference, from).then(remember);
      if (parseSecretReference(reference).kind !== 'secret') known.set(reference, resolution);
      return resolution;
    },
    redact: redactor.redact,
  };

  function remember(resolution: Resolution): Resolution {
    if ('value' in resolution) redactor.add(resolution.value);
    return resolution;
  }
}

async function look(
  reference: SecretReference,
  { environment, baseDirectory, readFile, managed }: Parameters<typeof createSecrets>[0],
): Promise<Resolution> {
  const place = parseSecretReference(reference);
  if (place.kind === 'env') {
    const value = Object.hasOwn(environment, place.name) ? environment[place.name] : undefined;
    if (value === undefined) return { problem: `Cannot resolve "${reference}": the variable is not set` };
    return judge(reference, value, []);
  }
  if (place.kind === 'secret') {
    const secret = (await managed?.read(place)) ?? { problem: NO_PROJECT };
    if ('problem' in secret) return { problem: `Cannot resolve "${reference}": ${secret.problem}` };
    return judge(reference, withoutLastNewline(secret.text), []);
  }
  const path = isAbsolute(place.path) ? place.path : resolve(baseDirectory, place.path);
  const file = await readFile(path);
  if ('problem' in file) return { problem: `Cannot resolve "${reference}": ${file.problem}` };
  const warnings = file.readableByOthers
    ? [`The file of "${reference}" can be read by others; chmod 600 keeps it to its owner`]
    : [];
  return judge(reference, withoutLastNewline(file.text), warnings);
}

function withoutLastNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
}

function judge(reference: SecretReference, value: string, warnings: readonly string[]): Resolution {
  const wrong = whatIsWrongWith(value);
  if (wrong !== undefined) return { problem: `Cannot resolve "${reference}": ${wrong}` };
  const short =
    value.length < 8 ? [`The secret of "${reference}" is shorter than 8 characters: easy to guess`] : [];
  return { value, warnings: [...warnings, ...short] };
}
