import { randomUUID } from 'node:crypto';
import { createApi } from '../../functions/api/handler.ts';
import { createBuilds } from '../../functions/builds/handler.ts';
import type { ShowProgress } from '../../functions/builds/output.ts';
import { createDeploy } from '../../functions/deploy/handler.ts';
import { createHooks } from '../../functions/hooks/handler.ts';
import { createNotices } from '../../functions/notices/handler.ts';
import { createProdTag } from '../../functions/prod-tag/handler.ts';
import { adoptConfiguration } from '../../functions/smart-redeploy/adopt-configuration.ts';
import { readPageAssets } from '../../shared/adapters/assets/page-assets.ts';
import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import { openSqliteDocuments } from '../../shared/adapters/documents/sqlite.ts';
import { createGitForge } from '../../shared/adapters/forge/git.ts';
import { createInProcessHints } from '../../shared/adapters/hints/in-process.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { revisionOf } from '../../shared/adapters/registry/revision.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Topic } from '../../shared/domain/documents/waiting.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import type { Hints, Listener } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { createCommitOrder } from '../../shared/records/commit-order.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords, type Records } from '../../shared/records/records.ts';
import { atBoundary } from '../../shared/runtime/boundary.ts';
import { createHttpServer } from '../../shared/runtime/node-http.ts';
import { signatures } from '../../shared/runtime/signatures.ts';
import { createBuilders } from './builders.ts';
import { lockStateFolder } from './lock.ts';
import { createEmbeddedRegistry } from './registry/embedded-registry.ts';
import { createRegistryCredentials } from './registry-credentials.ts';
import { releaseClaims } from './release-claims.ts';
import { openStateFolder, publishAddress } from './state-folder.ts';
import { startSweeper } from './sweeper.ts';
import { createTargets } from './targets.ts';

export type HostOptions = {
  readonly configuration: Configuration;
  /** The value behind a secret reference. */
  readonly secret: (reference: string) => string;
  readonly redact: (text: string) => string;
  /** The state folder. */
  readonly state: string;
  readonly address: { readonly host: string; readonly port: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly log: Log;
  readonly show: ShowProgress;
  /** Stands between those who publish hints and those who listen; the sample makes disorder with it. */
  readonly between?: (hints: Hints, records: Records) => Hints;
};
export type Host = {
  readonly url: string;
  readonly records: Records;
  /** Takes no more, ends what is under way and lets go of the state folder. */
  stop(): Promise<void>;
};

/** The whole of headway in one process: every function on one port, the sweep's timer and an image registry. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { configuration, secret, redact, environment, version, log, show, address } = options;
  const folder = openStateFolder(options.state);
  const unlock = lockStateFolder(folder);
  const documents = openSqliteDocuments({ path: folder.database, queries });
  const records = createRecords(documents);
  const inProcess = createInProcessHints({ log });
  const hints = options.between?.(inProcess, records) ?? inProcess;
  const clock = { now: Date.now };
  const worker = `${process.pid}-${randomUUID().slice(0, 8)}`;

  const own = { host: `127.0.0.1:${address.port}`, token: folder.token };
  const credentials = createRegistryCredentials({ configuration, secret, environment, own });
  const insecure = (host: string) => configuration.registries[host]?.insecure === true;
  const registry = createRegistryClient({ credentials, insecure });
  const forge = createGitForge({
    repos: withSecrets(configuration, secret),
    root: folder.repos,
    log,
    environment,
  });
  const order = createCommitOrder({ records, forge });
  const engine = connectDocker({ environment });
  const builder = createBuilders({ engine, credentials, store: registry, temporary: folder.repos });
  const target = createTargets({
    configuration,
    credentials,
    secret,
    environment,
    manifests: folder.manifests,
    log,
  });
  const its = {
    records,
    hints,
    registry,
    forge,
    order,
    configuration,
    clock,
    log,
    worker,
    redact,
    builder,
    target,
    show,
    newId: randomUUID,
    revision: revisionOf(registry),
  };

  const loopback = isLoopback(address.host);
  const keepFor = milliseconds(configuration.keep.deliveries);
  const hooks = createHooks({
    records,
    hints,
    hooks: configuration.hooks,
    secret: hookSecret(options),
    keepFor,
    clock,
    log,
    redact,
    signatures,
  });
  const api = createApi({
    records,
    configuration,
    hints,
    clock,
    log,
    token: folder.token,
    loopback,
    version,
    signatures,
    assets: await readPageAssets(new URL('../../functions/api/page/', import.meta.url)),
  });
  const images = createEmbeddedRegistry({
    root: folder.registry,
    ...(!loopback && { authorize: (login: { password: string }) => login.password === folder.token }),
  });
  const server = createHttpServer({
    log,
    handlers: { '/hooks/': hooks, '/': api },
    streams: { '/v2/': images },
  });

  const builds = createBuilds(its);
  const listeners: [Topic, Listener, number][] = [
    ['pushes', builds.pushes, 4],
    ['builds', builds.builds, configuration.builds.concurrency],
    ['notices', createNotices(its), 8],
    ['tags', createProdTag(its), 8],
    ['deploys', createDeploy(its), 8],
  ];
  try {
    await server.listen(address);
  } catch (error) {
    await documents.close();
    unlock();
    throw error;
  }
  const forget = publishAddress(folder, server.url);
  await releaseClaims(records, clock.now());
  await adoptConfiguration({ records, configuration, clock });
  const stops = listeners.map(([topic, listener, concurrency]) =>
    hints.listen(topic, atBoundary(its, listener), { concurrency }),
  );
  const sweeper = startSweeper({ records, hints, clock, log, expire: now => documents.expire(now) });
  return {
    url: server.url,
    records,
    async stop() {
      sweeper.stop();
      await server.close();
      await Promise.all(stops.map(stop => stop()));
      await inProcess.close();
      await documents.close();
      forget();
      unlock();
    },
  };
}

function withSecrets({ repos }: Configuration, secret: (reference: string) => string) {
  return Object.fromEntries(
    Object.entries(repos).map(([name, { url, credentials: login }]) => {
      const credentials =
        login === undefined ? undefined : { username: login.username, password: secret(login.password) };
      return [name, { url, credentials }];
    }),
  );
}

function hookSecret({ configuration, secret }: HostOptions): (name: string) => string {
  return name => {
    const hook = configuration.hooks[name];
    if (hook === undefined)
      throw new RangeError(`Cannot find hook "${name}": the configuration does not name it`);
    return secret(hook.secret);
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
