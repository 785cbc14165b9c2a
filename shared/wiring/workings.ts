import { randomUUID } from 'node:crypto';
import { createForges } from '../adapters/forge/forges.ts';
import { createRegistryClient } from '../adapters/registry/client.ts';
import { revisionOf } from '../adapters/registry/revision.ts';
import type { Configuration } from '../domain/configuration/schema.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hints } from '../ports/hints.ts';
import type { Log } from '../ports/log.ts';
import type { ShowProgress } from '../ports/progress.ts';
import { createCommitOrder } from '../records/commit-order.ts';
import type { Records } from '../records/records.ts';
import { createRegistryCredentials } from './registry-credentials.ts';

export type Settings = {
  readonly configuration: Configuration;
  /** The value behind a secret reference. */
  readonly secret: (reference: string) => string;
  readonly redact: (text: string) => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly show: ShowProgress;
};
export type Ground = {
  readonly records: Records;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly folders: {
    /** Mirrors, checkouts, and files on the way. */
    readonly repos: string;
    /** Clones of manifest repositories. */
    readonly manifests: string;
    /** What builds and gates leave behind, where it is kept on this machine. */
    readonly artifacts?: string;
  };
  /** Our own registry's host, and what logs in to it. */
  readonly own?: { readonly host: string; readonly token: string };
};

/** What most functions work with: the ports, each with its adapter. Builders and targets are heavy, and made where they are needed. */
export function createWorkings(settings: Settings, { records, hints, clock, folders, own }: Ground) {
  const { configuration, secret, environment, log } = settings;
  const { repos } = configuration;
  const credentials = createRegistryCredentials({ configuration, secret, environment, own });
  const insecure = (host: string) => configuration.registries[host]?.insecure === true;
  const registry = createRegistryClient({ credentials, insecure });
  const forge = createForges({ repos, secret, root: folders.repos, clock, log, environment });
  return {
    ...settings,
    records,
    hints,
    registry,
    forge,
    order: createCommitOrder({ records, forge }),
    credentials,
    folders,
    clock,
    worker: `${process.pid}-${randomUUID().slice(0, 8)}`,
    newId: randomUUID,
    revision: revisionOf(registry),
  };
}
export type Workings = ReturnType<typeof createWorkings>;
