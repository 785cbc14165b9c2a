import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createFirestoreDocuments } from '../adapters/documents/firestore.ts';
import { createGoogleSecrets } from '../adapters/google/google-secrets.ts';
import { createPubSubHints } from '../adapters/hints/pubsub.ts';
import type { Configuration } from '../domain/configuration/schema.ts';
import { secretPlaces } from '../domain/configuration/secret-places.ts';
import { PermanentError } from '../domain/permanent-error.ts';
import { declaresStacks, withStacks } from '../domain/stacks/with-stacks.ts';
import { createKnownStacks } from '../records/known-stacks.ts';
import { queries } from '../records/queries.ts';
import { createRecords } from '../records/records.ts';
import { createStoredConfiguration } from '../runtime/configuration/read-stored-configuration.ts';
import { createLog } from '../runtime/log.ts';
import { projectFrom } from '../runtime/project.ts';
import { createSecrets } from '../runtime/secrets/create-secrets.ts';
import { readSecretFile } from '../runtime/secrets/read-secret-file.ts';
import { resolveSecrets } from '../runtime/secrets/resolve-secrets.ts';

/** Those whose secrets a function may read. */
const SECTIONS = [
  'hooks',
  'repos',
  'registries',
  'images',
  'builders',
  'gates',
  'wikis',
  'targets',
  'services',
] as const;
export type Section = (typeof SECTIONS)[number];
export type Configured = {
  /** Which version it is of all that were put in force. */
  readonly configurationVersion: number;
  readonly configuration: Configuration;
  readonly secret: (reference: string) => string;
};
type Kept = {
  readonly version: number;
  readonly at: number;
  readonly values: readonly string[];
  readonly configured: Configured;
};
export type CloudGround = ReturnType<typeof createCloudGround>;

/** Secrets that were changed are used so much later. */
const SECRETS_KEPT_MS = 60_000;

/**
 * What a function on Google Cloud stands on: documents in Firestore, hints through Pub/Sub, the configuration that
 * was applied, and the secrets of those sections of it that this function may read.
 *
 * @throws {PermanentError} when the environment names no project.
 */
export function createCloudGround(
  sections: readonly Section[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
) {
  const project = projectFrom(environment);
  if (project === undefined) {
    throw new PermanentError(
      'Cannot start: no project is known; set GOOGLE_CLOUD_PROJECT to the one headway lives in',
    );
  }
  const clock = { now: Date.now };
  const managed = createGoogleSecrets({ project, clock });
  const secrets = createSecrets({ environment, baseDirectory: '/', readFile: readSecretFile, managed });
  const level = environment['HEADWAY_LOG'] === 'debug' ? 'debug' : 'info';
  const log = createLog({
    write: line => void process.stdout.write(line),
    level,
    redact: secrets.redact,
    clock,
  });
  const databaseId = environment['HEADWAY_DATABASE'];
  const documents = createFirestoreDocuments({
    projectId: project,
    ...(databaseId !== undefined && { databaseId }),
    queries,
    log,
  });
  const records = createRecords(documents);
  const hints = createPubSubHints({
    projectId: project,
    prefix: environment['HEADWAY_PREFIX'] ?? 'headway',
    log,
  });
  const stored = createStoredConfiguration({ records, clock });
  const stacks = createKnownStacks({ records, clock });
  let kept: Kept | undefined;

  return {
    environment,
    clock,
    log,
    records,
    hints,
    redact: secrets.redact,
    worker: `${environment['K_REVISION'] ?? process.pid}-${randomUUID().slice(0, 8)}`,
    folders: { repos: join(tmpdir(), 'headway-repos'), manifests: join(tmpdir(), 'headway-manifests') },
    /** The value behind a reference of the environment, such as HEADWAY_TOKEN. */
    async secretOf(reference: string): Promise<string> {
      const found = await secrets.resolve(reference);
      if ('problem' in found) throw new Error(found.problem);
      return found.value;
    },
    /** The configuration in force; the same object while nothing of it has changed. */
    async configured(): Promise<Configured> {
      const { version, configuration: applied } = await stored();
      if (declaresStacks(applied)) await stacks.refreshIfOld();
      if (kept?.version === version && clock.now() - kept.at < SECRETS_KEPT_MS) return kept.configured;
      const configuration = withStacks(applied, stacks.current);
      const mine = only(configuration, sections);
      const resolved = await resolveSecrets(mine, secrets);
      if ('problems' in resolved) throw new Error(resolved.problems.map(({ message }) => message).join('; '));
      const values = secretPlaces(mine).map(({ reference }) => resolved.secret(reference));
      const same = kept?.version === version && isDeepStrictEqual(kept.values, values);
      kept = {
        version,
        at: clock.now(),
        values,
        configured:
          same && kept
            ? kept.configured
            : { configurationVersion: version, configuration, secret: resolved.secret },
      };
      return kept.configured;
    },
  };
}

/** The configuration with empty sections where this function has no business. */
function only(configuration: Configuration, sections: readonly Section[]): Configuration {
  const emptied = SECTIONS.filter(section => !sections.includes(section)).map(name => [name, {}] as const);
  return { ...configuration, ...Object.fromEntries(emptied) };
}
