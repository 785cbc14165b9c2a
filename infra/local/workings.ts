import { randomUUID } from 'node:crypto';
import type { ShowProgress } from '../../functions/builds/output.ts';
import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import { createGitForge } from '../../shared/adapters/forge/git.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { revisionOf } from '../../shared/adapters/registry/revision.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { createCommitOrder } from '../../shared/records/commit-order.ts';
import type { Records } from '../../shared/records/records.ts';
import { createBuilders } from './builders.ts';
import { createRegistryCredentials } from './registry-credentials.ts';
import type { StateFolder } from './state-folder.ts';
import { createTargets } from './targets.ts';

export type Settings = {
  readonly configuration: Configuration;
  /** The value behind a secret reference. */
  readonly secret: (reference: string) => string;
  readonly redact: (text: string) => string;
  readonly address: { readonly host: string; readonly port: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly show: ShowProgress;
};
type Ground = { readonly folder: StateFolder; readonly records: Records; readonly hints: Hints };

/** What every function works with on one machine: the ports, each with its adapter. */
export function createWorkings(settings: Settings, { folder, records, hints }: Ground) {
  const { configuration, secret, environment, log, address } = settings;
  const own = { host: `127.0.0.1:${address.port}`, token: folder.token };
  const credentials = createRegistryCredentials({ configuration, secret, environment, own });
  const insecure = (host: string) => configuration.registries[host]?.insecure === true;
  const registry = createRegistryClient({ credentials, insecure });
  const forge = createGitForge({ repos: withSecrets(settings), root: folder.repos, log, environment });
  const engine = connectDocker({ environment });
  return {
    ...settings,
    records,
    hints,
    registry,
    forge,
    order: createCommitOrder({ records, forge }),
    builder: createBuilders({ engine, credentials, store: registry, temporary: folder.repos }),
    target: createTargets({
      configuration,
      credentials,
      secret,
      environment,
      manifests: folder.manifests,
      log,
    }),
    clock: { now: Date.now },
    worker: `${process.pid}-${randomUUID().slice(0, 8)}`,
    newId: randomUUID,
    revision: revisionOf(registry),
  };
}
export type Workings = ReturnType<typeof createWorkings>;

function withSecrets({ configuration, secret }: Settings) {
  const repos = Object.entries(configuration.repos).map(([name, { url, credentials: login }]) => {
    const credentials = login && { username: login.username, password: secret(login.password) };
    return [name, { url, credentials }] as const;
  });
  return Object.fromEntries(repos);
}
