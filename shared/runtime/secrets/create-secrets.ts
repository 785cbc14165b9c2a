import { isAbsolute, resolve } from 'node:path';
import { parseSecretReference, type SecretReference } from '../../domain/configuration/secret-reference.ts';
import type { ReadSecretFile } from './read-secret-file.ts';
import { createRedactor } from './redactor.ts';
import { whatIsWrongWith } from './wrong-values.ts';

/** What came of looking up a reference. Problems and warnings are sentences that name the reference, never the value. */
export type Resolution =
  | { readonly value: string; readonly warnings: readonly string[] }
  | { readonly problem: string };

export interface Secrets {
  /** The value behind a reference, read once. One trailing newline of a file is not part of its secret. */
  resolve(reference: SecretReference): Promise<Resolution>;
  /** The text without any secret that was resolved before, in whatever spelling: see {@link createRedactor}. */
  redact(text: string): string;
}

/** Secrets in environment variables (`env://NAME`) and in files (`file://PATH`, relative to `baseDirectory`). */
export function createSecrets(from: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly baseDirectory: string;
  readonly readFile: ReadSecretFile;
}): Secrets {
  const known = new Map<SecretReference, Promise<Resolution>>();
  const redactor = createRedactor();
  return {
    resolve(reference) {
      const resolution = known.get(reference) ?? look(reference, from).then(remember);
      known.set(reference, resolution);
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
  { environment, baseDirectory, readFile }: Parameters<typeof createSecrets>[0],
): Promise<Resolution> {
  const place = parseSecretReference(reference);
  if (place.kind === 'env') {
    const value = Object.hasOwn(environment, place.name) ? environment[place.name] : undefined;
    if (value === undefined) return { problem: `Cannot resolve "${reference}": the variable is not set` };
    return judge(reference, value, []);
  }
  const path = isAbsolute(place.path) ? place.path : resolve(baseDirectory, place.path);
  const file = await readFile(path);
  if ('problem' in file) return { problem: `Cannot resolve "${reference}": ${file.problem}` };
  const warnings = file.readableByOthers
    ? [`The file of "${reference}" can be read by others; chmod 600 keeps it to its owner`]
    : [];
  return judge(reference, file.text.replace(/\r?\n$/, ''), warnings);
}

function judge(reference: SecretReference, value: string, warnings: readonly string[]): Resolution {
  const wrong = whatIsWrongWith(value);
  if (wrong !== undefined) return { problem: `Cannot resolve "${reference}": ${wrong}` };
  const short =
    value.length < 8 ? [`The secret of "${reference}" is shorter than 8 characters: easy to guess`] : [];
  return { value, warnings: [...warnings, ...short] };
}
