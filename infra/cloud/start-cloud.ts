import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { createFirestoreDocuments } from '../../shared/adapters/documents/firestore.ts';
import { declareTopics, stopPushes } from '../../shared/adapters/hints/pubsub/declare-topics.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import type { Log } from '../../shared/ports/log.ts';
import { applyConfiguration, currentVersion } from '../../shared/records/configuration-versions.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords, type Records } from '../../shared/records/records.ts';
import { createEmbeddedRegistry, type EmbeddedRegistryOptions } from '../local/registry/embedded-registry.ts';
import { createFront } from './front.ts';
import { functionMap } from './function-map.ts';
import { type FunctionProcess, startFunction } from './function-process.ts';

export type CloudOptions = {
  /** Where the emulators are: `FIRESTORE_EMULATOR_HOST` and `PUBSUB_EMULATOR_HOST`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The emulators' project: everything of one run is in it. */
  readonly project: string;
  /** The front's port; the functions take those behind it. */
  readonly port: number;
  /** For the registry, clones and checkouts. */
  readonly folder: string;
  /** The text of the configuration that is applied. */
  readonly configuration: string;
  readonly token: string;
  readonly log: Log;
  /** How often the schedule calls the sweep, in milliseconds. */
  readonly tick: number;
  /** Takes what the functions log. */
  readonly write: (line: string) => void;
  /** Told of each manifest that the registry stores. */
  readonly onPush?: NonNullable<EmbeddedRegistryOptions['onPush']>;
};
export type Cloud = {
  readonly url: string;
  readonly records: Records;
  readonly functions: readonly FunctionProcess[];
  stop(): Promise<void>;
};

/**
 * Headway as on Google Cloud, on one machine: every function a process of its own, real push subscriptions with
 * dead letters, documents in Firestore, and a schedule; the emulators stand in for Google's services.
 *
 * @throws {PermanentError} when the emulators are not named.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { environment, project, port, folder, log, onPush } = options;
  for (const name of ['FIRESTORE_EMULATOR_HOST', 'PUBSUB_EMULATOR_HOST']) {
    if (environment[name] === undefined) {
      throw new PermanentError(
        `Cannot start: ${name} is not set; start Google's emulators and say where they are`,
      );
    }
  }
  const documents = createFirestoreDocuments({ projectId: project, queries, log });
  const records = createRecords(documents);
  await apply(records, options.configuration);
  const names = Object.keys(functionMap);
  const portOf = (name: string) => port + 1 + names.indexOf(name);
  const topics = { projectId: project, prefix: 'headway', endpoints: endpoints(portOf) };
  await declareTopics(topics);
  // Each has a disk of its own, as instances have: one that starts clears away what was left on it.
  const functions = await Promise.all(
    names.map(async name => {
      const disk = join(folder, 'disks', name);
      await mkdir(disk, { recursive: true });
      const environment = { ...environmentOf(options), TMPDIR: disk };
      return startFunction({ name, port: portOf(name), log: options.write, environment });
    }),
  );
  const front = createFront({
    functions: { '/hooks/': `http://127.0.0.1:${portOf('hooks')}`, '/': `http://127.0.0.1:${portOf('api')}` },
    registry: createEmbeddedRegistry({ root: join(folder, 'registry'), ...(onPush && { onPush }) }),
  });
  await once(front.listen(port, '127.0.0.1'), 'listening');
  const schedule = startSchedule(`http://127.0.0.1:${portOf('smart-redeploy')}`, options);
  return {
    url: `http://127.0.0.1:${port}`,
    records,
    functions,
    async stop() {
      schedule.stop();
      await stopPushes(topics).catch(error => log.warn('Pushes not stopped', { error }));
      front.closeAllConnections();
      front.close();
      await Promise.all(functions.map(each => each.stop()));
      await documents.close();
    },
  };
}

async function apply(records: Records, text: string): Promise<void> {
  const over = (await currentVersion(records)) ?? 0;
  await applyConfiguration(records, { text, by: 'the sample', at: new Date().toISOString(), over });
}

/** Where each topic is pushed to; the framework is told the topic by the path. */
function endpoints(portOf: (name: string) => number): Record<string, string> {
  const pairs = Object.entries(functionMap).flatMap(([name, { topics = [] }]) =>
    topics.map(topic => [topic, `http://127.0.0.1:${portOf(name)}`] as const),
  );
  return Object.fromEntries(pairs);
}

function environmentOf({ environment, project, folder, token }: CloudOptions): NodeJS.ProcessEnv {
  return {
    ...environment,
    GOOGLE_CLOUD_PROJECT: project,
    HEADWAY_PREFIX: 'headway',
    HEADWAY_TOKEN: 'env://HEADWAY_API_TOKEN',
    HEADWAY_API_TOKEN: token,
    HEADWAY_OWN_URL: 'http://127.0.0.1',
    HEADWAY_BUCKET: join(folder, 'artifacts'),
    // Outside of Google's network the libraries would look for its metadata server, and wait.
    METADATA_SERVER_DETECTION: 'none',
  };
}

function startSchedule(url: string, { tick, log }: CloudOptions): { stop(): void } {
  const over = new AbortController();
  const run = async () => {
    while (!over.signal.aborted) {
      await fetch(url, { method: 'POST', signal: over.signal }).catch(error =>
        log.warn('Sweep not called', { error }),
      );
      await later(tick, undefined, { signal: over.signal }).catch(() => {});
    }
  };
  void run();
  return { stop: () => over.abort() };
}
