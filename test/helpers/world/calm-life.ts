import type { SurveyWish } from '../../../functions/smart-redeploy/surveys.ts';
import type { Configuration } from '../../../shared/domain/configuration/schema.ts';
import type { Collection } from '../../../shared/records/collections.ts';
import { moves } from '../../../shared/records/collections.ts';
import { queries } from '../../../shared/records/queries.ts';
import { createRecords, put, refTo } from '../../../shared/records/records.ts';
import { createMemoryDocuments } from '../memory-documents.ts';
import { createFaults } from './faults.ts';
import { type History, shaOf } from './memory-forge.ts';
import { digestOf } from './memory-registry.ts';
import {
  deliverNotice,
  deliverPush,
  deliverRegistryPush,
  noticeOf,
  pushOf,
  shopConfiguration,
} from './shop.ts';
import { createSurroundings, startLife } from './world.ts';

/** A line of commits, with a release branch beside it. */
export const LINE: History = {
  c1: [],
  c2: ['c1'],
  c3: ['c2'],
  c4: ['c3'],
  c5: ['c4'],
  r3: ['c2'],
  r4: ['r3'],
};

/** More sweeps than anything should want at one moment: what is due all the time keeps a machine busy for nothing. */
const MOST_SWEEPS = 15;

export type CalmOptions = {
  readonly configuration?: Configuration;
  readonly history?: History;
  /** How many builds at once, the most urgent first; four of whatever comes when absent. */
  readonly builds?: number;
  /** How many at once the builder takes; as many as there are when absent. */
  readonly places?: number;
};

/** One process of headway that nothing disturbs unless the test does, in a world of models. */
export async function startCalmLife({
  configuration = shopConfiguration(),
  history = LINE,
  builds,
  places,
}: CalmOptions = {}) {
  const around = createSurroundings(history, places);
  const documents = createMemoryDocuments({ queries });
  const records = createRecords(documents);
  let lives = 0;
  const begin = (its: Configuration) =>
    startLife(around, {
      documents,
      configuration: its,
      faults: createFaults({}),
      worker: `life-${++lives}`,
      ...(builds !== undefined && { builds }),
    });
  let life = await begin(configuration);
  let deliveries = 0;

  /** Sweeps until nothing is due at this moment. */
  async function settle(): Promise<void> {
    await life.idle();
    for (let sweeps = 0; (await life.sweep()) > 0; sweeps++) {
      if (sweeps > MOST_SWEEPS) throw new Error('Something is due for ever');
      await life.idle();
    }
  }
  await life.adopt();
  await settle();

  return {
    around,
    documents,
    records,
    settle,
    hooks: () => life.hooks,
    hints: () => life.hints,
    sweep: () => life.sweep(),
    /** Compares what runs with what is published, and settles what follows. */
    async survey(run: SurveyWish = { dryRun: false }) {
      const report = await life.survey(run);
      if (!run.dryRun) await settle();
      return report;
    },
    surveyWhenDue: () => life.surveyWhenDue(),
    /** Lets time pass, then settles. */
    async later(milliseconds: number) {
      around.clock.pass(milliseconds);
      await settle();
    },
    /** Ends the process and begins another, with the same documents. */
    async restart(its: Configuration = configuration) {
      await life.close();
      life = await begin(its);
      await life.adopt();
      await settle();
    },
    /** The forge has it and tells us, all at once. */
    async push(before: string | undefined, after: string, { branch = 'main', forced = false } = {}) {
      around.forge.setHead(branch, shaOf(after));
      const payload = pushOf(before, after, { ref: `refs/heads/${branch}`, forced });
      const answer = await deliverPush(life.hooks, `push-${++deliveries}`, payload);
      await settle();
      return answer;
    },
    async deliver(payload: object) {
      const answer = await deliverPush(life.hooks, `push-${++deliveries}`, payload);
      await settle();
      return answer;
    },
    /** Somebody builds an image at a commit and pushes it under the commit; nobody is told. */
    async built(image: string, commit: string, build = '') {
      const digest = digestOf(image, commit, build);
      around.registry.push({ ...at(image), tag: shaOf(commit) }, digest);
      return digest;
    },
    async notice(image: string, commit: string, more: object = {}) {
      const answer = await deliverNotice(life.hooks, noticeOf(image, commit, more));
      await settle();
      return answer;
    },
    /** Somebody points a tag at a digest, and the registry tells us. */
    async pushTag(image: string, tag: string, digest: string) {
      around.registry.push({ ...at(image), tag }, digest);
      const answer = await deliverRegistryPush(life.hooks, image, tag);
      await settle();
      return answer;
    },
    get<T, Parts extends readonly (string | number)[]>(collection: Collection<T, Parts>, ...parts: Parts) {
      return records.get(refTo(collection, ...parts));
    },
    put<T>(collection: Collection<T>, document: T) {
      return records.transact([], () => ({ result: undefined, writes: [put(collection, document)] }));
    },
    /** The ledger of a tag, as sentences. */
    async ledger(image: string, tag = 'prod') {
      const where = [
        { field: 'image', is: '==', value: image },
        { field: 'tag', is: '==', value: tag },
      ] as const;
      const orderBy = { field: 'sequence', direction: 'desc' } as const;
      const found = await records.query(moves, { where, orderBy, limit: 100 });
      return found
        .toReversed()
        .map(({ verdict, to, reason }) => `${nameOf(history, to.commit)} ${verdict}: ${reason}`);
    },
  };
}
export type CalmLife = Awaited<ReturnType<typeof startCalmLife>>;

function at(image: string) {
  return { registry: 'registry.example', repository: `shop/${image}` };
}

function nameOf(history: History, sha: string | undefined): string {
  return Object.keys(history).find(name => shaOf(name) === sha) ?? 'somewhere';
}
