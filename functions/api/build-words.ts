import { z } from 'zod';
import { buildSettings } from '../../shared/domain/builds/build-settings.ts';
import {
  type BuildRuling,
  cancelBuild,
  moveBuild,
  raiseParents,
  retryBuild,
} from '../../shared/domain/builds/judge-words.ts';
import { resumeStopped } from '../../shared/domain/builds/stop-all.ts';
import { wakeChildren } from '../../shared/domain/builds/wake-children.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { problem } from '../../shared/domain/problem.ts';
import { owingReport } from '../../shared/domain/reports/owed-report.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import { ancestorRefs, childRefs, refsOfCommit } from '../../shared/records/child-builds.ts';
import { builds } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { reportBuild } from '../../shared/records/report-build.ts';
import { missing } from './document-routes.ts';
import { BuildSummary } from './documents.ts';
import { waitingBuilds } from './queue.ts';
import { defineRoute, nothing, type Route } from './route.ts';
import { by, OnlyBy, type Words, why } from './words.ts';

type Options = Words & { readonly forge?: Pick<Forge, 'report'> };

const pathParameters = z.strictObject({ image: z.string().min(1), commit: CommitSha });
const Cancellation = z.strictObject({ by, why: why.default('nobody wants it') });
const Place = z.strictObject({
  by,
  to: z
    .union([z.enum(['first', 'last']), z.int().min(-1_000_000).max(1_000_000)])
    .describe('Before all that wait, behind them, or at a priority: higher ones are built first.'),
});

/** A person's word over a build: cancel it, have it tried again, move it in the queue. */
export function buildWordRoutes(its: Options): Route[] {
  const shared = {
    method: 'POST' as const,
    pathParameters,
    queryParameters: nothing,
    answer: { status: 202 as const, schema: BuildSummary },
    problems: [404, 422] as const,
  };
  return [
    defineRoute({
      ...shared,
      path: '/builds/{image}/{commit}/cancel',
      id: 'cancelBuild',
      summary: 'Give up a build that has not ended, and with it what stands on it',
      body: Cancellation,
      handle: ({ path, body }) => cancel(its, path, body),
    }),
    defineRoute({
      ...shared,
      path: '/builds/{image}/{commit}/retry',
      id: 'retryBuild',
      summary: 'Try a build that has ended again; after a success it is built anew',
      body: OnlyBy,
      handle: ({ path, body }) => retry(its, path, body),
    }),
    defineRoute({
      ...shared,
      path: '/builds/{image}/{commit}/move',
      id: 'moveBuild',
      summary: 'Give a build that waits, and the parents that it waits for, another place in the queue',
      body: Place,
      handle: ({ path, body }) => move(its, path, body),
    }),
  ];
}

type Path = z.infer<typeof pathParameters>;
/** What is said of a build, and the others that it changes. */
type Word = { readonly ruling: BuildRuling; readonly others: readonly Build[] };

async function cancel(its: Options, path: Path, said: z.infer<typeof Cancellation>) {
  const known = await its.records.get(refTo(builds, path.image, path.commit));
  if (known === undefined) return missing('builds', [path.image, path.commit]);
  const refs = {
    build: refTo(builds, path.image, path.commit),
    children: childRefs(its.configuration, known),
  };
  const word = await its.records.transact(refs, found => {
    const now = its.clock.now();
    const ruling = cancelBuild(found.build ?? known, { ...said, now });
    const others = ruling.kind === 'done' ? wakeChildren(found.children, ruling.build, now) : [];
    return { result: { ruling, others }, writes: writesOf(its, { ruling, others }) };
  });
  return answer(its, 'cancel', word, path);
}

async function retry(its: Options, path: Path, { by }: z.infer<typeof OnlyBy>) {
  const known = await its.records.get(refTo(builds, path.image, path.commit));
  if (known === undefined) return missing('builds', [path.image, path.commit]);
  const { parent, parents = [] } = known;
  const above = parent === undefined ? parents : [parent, ...parents];
  const refs = {
    build: refTo(builds, path.image, path.commit),
    parents: above.map(image => refTo(builds, image, path.commit)),
    stopped: await refsOfCommit(its.records, known),
  };
  const word = await its.records.transact(refs, found => {
    const now = its.clock.now();
    const build = found.build ?? known;
    const settings = buildSettings(its.configuration, build);
    const ruling = retryBuild(build, { by, now, parents: found.parents, settings });
    const others = ruling.kind === 'done' ? resumeStopped(found.stopped, build, { by, now }) : [];
    return { result: { ruling, others }, writes: writesOf(its, { ruling, others }) };
  });
  return answer(its, 'retry', word, path);
}

async function move(its: Options, path: Path, { by, to }: z.infer<typeof Place>) {
  const known = await its.records.get(refTo(builds, path.image, path.commit));
  if (known === undefined) return missing('builds', [path.image, path.commit]);
  const waiting = await waitingBuilds(its.records);
  const refs = {
    build: refTo(builds, path.image, path.commit),
    above: await ancestorRefs(its.records, known),
  };
  const word = await its.records.transact(refs, found => {
    const now = its.clock.now();
    const ruling = moveBuild(found.build ?? known, { by, to, waiting, now });
    const others = ruling.kind === 'done' ? raiseParents(found.above, ruling.build, { by, now }) : [];
    return { result: { ruling, others }, writes: writesOf(its, { ruling, others }) };
  });
  return answer(its, 'move', word, path);
}

function writesOf({ configuration, clock }: Options, { ruling, others }: Word) {
  if (ruling.kind !== 'done') return [];
  return [ruling.build, ...others].map(build => put(builds, owingReport(build, configuration, clock.now())));
}

async function answer(its: Options, verb: string, { ruling, others }: Word, path: Path) {
  if (ruling.kind === 'refused') {
    const name = `${path.image}:${path.commit.slice(0, 12)}`;
    return problem(422, `Cannot ${verb} the build of "${name}": ${ruling.reason}`);
  }
  const { hints, forge, log } = its;
  log.info('Build told', { ...path, verb, status: ruling.build.status, priority: ruling.build.priority });
  const due = [ruling.build, ...others].filter(
    build => build.status === 'waiting' && build.due !== undefined,
  );
  await hints.publish(
    due.map(({ image, commit }) => ({
      topic: 'builds',
      collection: 'builds',
      key: refTo(builds, image, commit).key,
    })),
  );
  if (forge !== undefined) await reportBuild({ ...its, forge }, ruling.build);
  return BuildSummary.parse(ruling.build);
}
