import { createBuilds } from '../../functions/builds/handler.ts';
import { createMostUrgent } from '../../functions/builds/most-urgent.ts';
import { createDeploy } from '../../functions/deploy/handler.ts';
import { createNotices } from '../../functions/notices/handler.ts';
import { createProdTag } from '../../functions/prod-tag/handler.ts';
import { createAnswers } from '../../functions/promote/answer-questions.ts';
import { createPromote } from '../../functions/promote/handler.ts';
import { adoptConfiguration } from '../../functions/smart-redeploy/adopt-configuration.ts';
import { removeResults } from '../../functions/smart-redeploy/remove-results.ts';
import { createSurveys } from '../../functions/smart-redeploy/surveys.ts';
import { openSqliteDocuments, type SqliteDocuments } from '../../shared/adapters/documents/sqlite.ts';
import { createInProcessHints } from '../../shared/adapters/hints/in-process.ts';
import { calendar } from '../../shared/adapters/windows/calendar.ts';
import type { Topic } from '../../shared/domain/documents/waiting.ts';
import { withStacks } from '../../shared/domain/stacks/with-stacks.ts';
import type { Hints, Listening, Look } from '../../shared/ports/hints.ts';
import { createKnownStacks } from '../../shared/records/known-stacks.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords, type Records } from '../../shared/records/records.ts';
import { atBoundary } from '../../shared/runtime/boundary.ts';
import { createArtifacts } from '../../shared/wiring/artifacts.ts';
import { createEngine } from '../../shared/wiring/engine.ts';
import { createGates } from '../../shared/wiring/gates.ts';
import { createTargets, type Targets } from '../../shared/wiring/targets.ts';
import { createWikis } from '../../shared/wiring/wikis.ts';
import { createWorkings, type Settings, type Workings } from '../../shared/wiring/workings.ts';
import { lockStateFolder } from './lock.ts';
import { releaseClaims } from './release-claims.ts';
import { createRoutes } from './routes.ts';
import { openStateFolder, publishAddress, type StateFolder, wasKilled } from './state-folder.ts';
import { startSweeper } from './sweeper.ts';

export type HostOptions = Settings & {
  /** The state folder. */
  readonly state: string;
  readonly version: string;
  readonly address: { readonly host: string; readonly port: number };
  /** Stands between those who publish hints and those who listen; the sample makes disorder with it. */
  readonly between?: (hints: Hints, records: Records) => Hints;
};
export type Host = {
  readonly url: string;
  readonly records: Records;
  /** Begins nothing more, ends what is under way and lets go of the state folder. */
  stop(): Promise<void>;
};

/** The whole of headway in one process: every function on one port, the sweep's timer and an image registry. */
export async function startHost(options: HostOptions): Promise<Host> {
  const folder = openStateFolder(options.state);
  const unlock = lockStateFolder(folder);
  try {
    const documents = openSqliteDocuments({ path: folder.database, queries });
    const host = await serve(options, { folder, documents });
    return { ...host, stop: () => host.stop().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

type Ground = { readonly folder: StateFolder; readonly documents: SqliteDocuments };

async function serve(options: HostOptions, { folder, documents }: Ground): Promise<Host> {
  const { log } = options;
  const records = createRecords(documents);
  const inProcess = createInProcessHints({ log });
  const hints = options.between?.(inProcess, records) ?? inProcess;
  const clock = { now: Date.now };
  const own = { host: `127.0.0.1:${options.address.port}`, token: folder.token };
  const stacks = createKnownStacks({ records, clock });
  await stacks.refresh();
  const stopWatching = records.watch(({ collection }) => {
    if (collection === 'stacks') stacks.refresh().catch(error => log.error('Stacks unread', { error }));
  });
  const configuration = withStacks(options.configuration, stacks.current);
  const its = createWorkings({ ...options, configuration }, { records, hints, clock, folders: folder, own });
  const target = createTargets({ ...its, manifests: its.folders.manifests });
  const surveys = createSurveys({ ...its, target });
  const server = await createRoutes(its, { folder, ...options, survey: run => surveys.now(run) });
  let forget = () => {};
  try {
    await server.listen(options.address);
    const isKilled = wasKilled(folder);
    await releaseClaims(records, { now: clock.now(), isKilled });
    await adoptConfiguration(its);
    forget = publishAddress(folder, server.url);
  } catch (error) {
    await server.close();
    await documents.close();
    throw error;
  }
  const stops = listenersOf(its, target).map(([topic, listener, concurrency, choose]) =>
    hints.listen(topic, atBoundary(its, listener), { concurrency, ...(choose && { choose }) }),
  );
  const sweeper = startSweeper({
    records,
    hints,
    clock,
    log,
    survey: () => surveys.whenDue(),
    async expire(now) {
      await documents.expire(now);
      await removeResults({ ...its, artifacts: createArtifacts(its) });
    },
  });
  return {
    url: server.url,
    records,
    async stop() {
      forget();
      // What is under way needs the registry, so the server goes last; what arrives meanwhile is stored.
      stopWatching();
      await sweeper.stop();
      await Promise.all(stops.map(stop => stop()));
      await server.close();
      await inProcess.close();
      await documents.close();
    },
  };
}

/** Who listens to which topic, how many hints each handles at once, and which goes first. */
function listenersOf(its: Workings, target: Targets): [Topic, Look, number, Listening['choose']?][] {
  const engine = { ...its, ...createEngine(its), watch: its.records.watch };
  const { pushes, builds } = createBuilds(engine);
  const promote = { ...its, ...createGates(its), wiki: createWikis(its) };
  return [
    ['pushes', pushes, 4],
    ['builds', builds, its.configuration.builds.concurrency, createMostUrgent(engine)],
    ['notices', createNotices(its), 8],
    ['tags', createProdTag(its), 8],
    ['promotions', createPromote(promote), 4],
    ['gates', createAnswers(promote), 4],
    ['deploys', createDeploy({ ...its, target, calendar }), 8],
  ];
}
