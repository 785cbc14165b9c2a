import { createBuilds } from '../../../functions/builds/handler.ts';
import { createMostUrgent } from '../../../functions/builds/most-urgent.ts';
import { createDeploy } from '../../../functions/deploy/handler.ts';
import { createHooks } from '../../../functions/hooks/handler.ts';
import { createNotices } from '../../../functions/notices/handler.ts';
import { createProdTag } from '../../../functions/prod-tag/handler.ts';
import { createAnswers } from '../../../functions/promote/answer-questions.ts';
import { createPromote } from '../../../functions/promote/handler.ts';
import { adoptConfiguration } from '../../../functions/smart-redeploy/adopt-configuration.ts';
import { createSurveys, type SurveyWish } from '../../../functions/smart-redeploy/surveys.ts';
import { sweep } from '../../../functions/smart-redeploy/sweep.ts';
import { limitBuilder } from '../../../shared/adapters/builders/pool/limited.ts';
import { createInProcessHints } from '../../../shared/adapters/hints/in-process.ts';
import { calendar } from '../../../shared/adapters/windows/calendar.ts';
import type { Configuration } from '../../../shared/domain/configuration/schema.ts';
import type { ImageReference } from '../../../shared/domain/names/image-reference.ts';
import type { Builder } from '../../../shared/ports/builder.ts';
import type { Containers } from '../../../shared/ports/containers.ts';
import type { Documents } from '../../../shared/ports/documents.ts';
import type { Gate } from '../../../shared/ports/gate.ts';
import type { Hint } from '../../../shared/ports/hints.ts';
import type { Wiki } from '../../../shared/ports/wiki.ts';
import { createCommitOrder } from '../../../shared/records/commit-order.ts';
import { createRecords } from '../../../shared/records/records.ts';
import { atBoundary } from '../../../shared/runtime/boundary.ts';
import { signatures } from '../../../shared/runtime/signatures.ts';
import { createReadTree } from '../../../shared/wiring/read-tree.ts';
import { createMemoryArtifacts } from '../memory-artifacts.ts';
import { silentLog as log } from '../silent-log.ts';
import type { Faults } from './faults.ts';
import { createMemoryForge, type History } from './memory-forge.ts';
import { createMemoryGates } from './memory-gates.ts';
import { createMemoryRegistry, digestOf } from './memory-registry.ts';
import { createMemoryTarget } from './memory-target.ts';
import { createMemoryWikis } from './memory-wiki.ts';

export const SECRET = 'a secret of the tests';

/** What is outside of headway and outlives its processes. */
/** @param places at the builder */
export function createSurroundings(history: History, places?: number) {
  const registry = createMemoryRegistry();
  const builder: Builder = {
    name: 'model',
    async build({ image, args }) {
      const digest = digestOf(image.repository, image.tag ?? '', args['BASE'] ?? '');
      registry.push({ ...image, tag: image.tag ?? '' }, digest);
      return { digest };
    },
  };
  let now = Date.parse('2026-03-02T12:00:00.000Z');
  const clock = {
    now: () => now++,
    pass(milliseconds: number) {
      now += milliseconds;
    },
  };
  /** The commits that images name in their labels, by digest. */
  const labels = new Map<string, string>();
  return {
    registry,
    builder,
    places,
    clock,
    labels,
    /** The targets that are left out on this machine. */
    leftOut: new Set<string>(),
    forge: createMemoryForge(history),
    target: createMemoryTarget(),
    gates: createMemoryGates(),
    artifacts: createMemoryArtifacts(),
    wikis: createMemoryWikis(),
    /** When images say that they were built, by digest. */
    created: new Map<string, string>(),
  };
}
export type Surroundings = ReturnType<typeof createSurroundings>;
type Life = {
  readonly documents: Documents;
  readonly configuration: Configuration;
  readonly faults: Faults;
  readonly worker: string;
  /** Nobody hears of anything but by the sweep. */
  readonly hintsLost?: boolean;
  /** Told of the hints that are published, the sweep's too. */
  readonly onPublish?: (hints: readonly Hint[]) => void;
  /** How many builds at once, the most urgent first, as on one machine; four of whatever comes when absent. */
  readonly builds?: number;
};

/** One process of headway: every function, in the surroundings, until it crashes or is left. */
export async function startLife(around: Surroundings, life: Life) {
  const { documents, configuration, faults, worker, hintsLost = false, onPublish } = life;
  const { clock } = around;
  const guarded = faults.guard({ ...documents });
  const records = createRecords(guarded);
  const inProcess = createInProcessHints({ log, pauses: [] });
  const heard = {
    ...inProcess,
    publish: async (hints: readonly Hint[]) => {
      onPublish?.(hints);
      await inProcess.publish(hints);
    },
  };
  const hints = hintsLost ? { ...heard, publish: async () => {} } : heard;
  const [registry, forge, target, builder] = [
    faults.guard(around.registry),
    faults.guard(around.forge),
    faults.guard(around.target),
    faults.guard(around.builder),
  ];
  const [gates, artifacts] = [faults.guard(around.gates), faults.guard(around.artifacts)];
  const wikis = faults.guard({ read: around.wikis.read, publish: around.wikis.publish });
  const order = createCommitOrder({ records, forge });
  const workshop = limitBuilder(builder, around.places);
  let ids = 0;
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
    redact: (text: string) => text.replaceAll(SECRET, '(secret)'),
    builder: async () => workshop,
    tree: createReadTree({ forge, configuration }),
    containers: async (): Promise<Containers> => ({
      name: 'model',
      run: async () => ({ kind: 'exited', code: 0 }),
    }),
    secret: () => SECRET,
    store: { manifest: async () => undefined, blob: async () => new Uint8Array() },
    target: async (name: string) => (around.leftOut.has(name) ? undefined : target),
    newId: () => `${worker}-${ids++}`,
    revision: async ({ digest = '' }: ImageReference) => around.labels.get(digest),
    created: async ({ digest = '' }: ImageReference) => around.created.get(digest),
    gate: async (name: string): Promise<Gate> => ({
      ask: (question, output) => gates.ask(name, question, output),
    }),
    artifacts,
    wiki: (name: string): Wiki => ({
      read: paths => wikis.read(name, paths),
      publish: edit => wikis.publish(name, edit),
    }),
    show: () => {},
  };
  const builds = createBuilds({ ...its, ...(life.builds !== undefined && { watch: records.watch }) });
  const surveys = createSurveys(its);
  const hooks = createHooks({
    records,
    hints,
    hooks: configuration.hooks,
    secret: () => SECRET,
    keepFor: 86_400_000,
    clock,
    log,
    redact: its.redact,
    signatures,
  });
  for (const [topic, listener] of [
    ['pushes', builds.pushes],
    ['builds', builds.builds],
    ['notices', createNotices(its)],
    ['tags', createProdTag(its)],
    ['deploys', createDeploy({ ...its, calendar })],
    ['promotions', createPromote(its)],
    ['gates', createAnswers(its)],
  ] as const)
    hints.listen(topic, atBoundary(its, listener), {
      concurrency: topic === 'builds' ? (life.builds ?? 4) : 4,
      ...(topic === 'builds' && life.builds !== undefined && { choose: createMostUrgent(its) }),
    });
  return {
    hooks,
    hints,
    idle: () => heard.idle(),
    survey: (run: SurveyWish) => surveys.now(run),
    surveyWhenDue: () => surveys.whenDue(),
    sweep: () => sweep({ records, hints: heard, clock }),
    adopt: () => adoptConfiguration({ records, configuration, clock }),
    close: () => heard.close(),
  };
}
