import { z } from 'zod';
import { type Ruling, releaseService, rollBackService } from '../../shared/domain/deploys/judge-words.ts';
import { StandingHold } from '../../shared/domain/documents/hold.ts';
import { Service, type Version } from '../../shared/domain/documents/service.ts';
import { Instant } from '../../shared/domain/documents/waiting.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { problem } from '../../shared/domain/problem.ts';
import { builds, services, tags } from '../../shared/records/collections.ts';
import { endHold, readHolds } from '../../shared/records/holds.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { missing } from './document-routes.ts';
import { hold } from './holds.ts';
import { defineRoute, nothing, type Route } from './route.ts';
import { stoppedByHold } from './stopped-by-hold.ts';
import { by, OnlyBy, rollbackTo, type Words, why } from './words.ts';

const pathParameters = z.strictObject({ target: z.string().min(1), service: z.string().min(1) });
const Hold = z.strictObject({ by, why, until: Instant.optional().describe('When it ends by itself.') });

/** A person's last word over a service: hold, release, roll back. */
export function serviceWordRoutes(its: Words): Route[] {
  const shared = { pathParameters, queryParameters: nothing, method: 'POST' as const };
  const answer = { status: 202 as const, schema: Service };
  return [
    defineRoute({
      ...shared,
      answer: { status: 202, schema: StandingHold },
      path: '/services/{target}/{service}/hold',
      id: 'holdService',
      summary: 'Keep a service as it is: a hold like any other',
      body: Hold,
      problems: [404, 422],
      handle: async ({ path, body: { until, ...said } }) => {
        const known = await its.records.get(refTo(services, path.target, path.service));
        if (known === undefined) return missing('services', [path.target, path.service]);
        const scope = { kind: 'service', ...path } as const;
        return hold(its, {
          ...said,
          scope,
          ...(until !== undefined && { until: { kind: 'moment', at: until } }),
        });
      },
    }),
    defineRoute({
      ...shared,
      answer,
      path: '/services/{target}/{service}/release',
      id: 'releaseService',
      summary:
        'Let a service follow its tag again: ends the holds over it alone, and forgets what it was taken back from',
      body: OnlyBy,
      problems: [404, 422],
      handle: async ({ path, body: { by } }) => {
        const own = (await readHolds(its)).filter(({ scope }) => isOver(scope, path));
        // First, so that whoever looks because of the word finds it free.
        for (const hold of own) await endHold(its, hold, by);
        return say(its, path, (service, { now }) => releaseService(service, { now, held: own.length > 0 }));
      },
    }),
    defineRoute({
      ...shared,
      answer,
      path: '/services/{target}/{service}/rollback',
      id: 'rollBackService',
      summary: 'Bring a service back to what ran before, or to what is named, at once',
      body: rollbackTo('what ran before'),
      problems: [404, 422],
      handle: async ({ path, body: { digest, commit, pastHold, ...said } }) => {
        const held = await stopped(its, path, pastHold);
        if (held !== undefined) return problem(422, `Cannot roll back "${path.service}": ${held}`);
        const to = await versionOf(its, path, { digest, commit });
        if (typeof to === 'string') return problem(422, `Cannot roll back "${path.service}": ${to}`);
        const why = pastHold ? `${said.why} (past holds)` : said.why;
        return say(its, path, (service, { now, tag }) =>
          rollBackService(service, { ...said, why, now, tag, ...(to !== undefined && { to }) }),
        );
      },
    }),
  ];
}

type Path = z.infer<typeof pathParameters>;
type Judge = (
  service: Service,
  seen: { now: number; tag: Parameters<typeof rollBackService>[1]['tag'] },
) => Ruling;

async function say({ records, hints, clock, log }: Words, path: Path, judge: Judge) {
  const ref = refTo(services, path.target, path.service);
  const known = await records.get(ref);
  if (known === undefined) return missing('services', [path.target, path.service]);
  const ruling = await records.transact(
    { service: ref, tag: refTo(tags, known.image, known.tag) },
    ({ service, tag }) => {
      const result = judge(service ?? known, { now: clock.now(), tag });
      return { result, writes: result.kind === 'done' ? [put(services, result.service)] : [] };
    },
  );
  if (ruling.kind === 'refused')
    return problem(422, `Cannot do that with "${path.service}": ${ruling.reason}`);
  log.info('Service told', { ...path, hold: ruling.service.hold, refused: ruling.service.refused });
  await hints.publish([{ topic: 'deploys', collection: ref.collection, key: ref.key }]);
  return ruling.service;
}

function isOver(scope: StandingHold['scope'], { target, service }: Path): boolean {
  return scope.kind === 'service' && scope.target === target && scope.service === service;
}

async function stopped(its: Words, path: Path, isPast: boolean): Promise<string | undefined> {
  const known = await its.records.get(refTo(services, path.target, path.service));
  if (known === undefined) return undefined;
  return stoppedByHold(its, [{ kind: 'service', ...path, image: known.image }], isPast);
}

type Named = { readonly digest: Digest | undefined; readonly commit: CommitSha | undefined };

/** What is named, as it was built; nothing where nothing is named; or why it cannot be. */
async function versionOf(
  { records, clock }: Words,
  { target, service }: Path,
  { digest, commit }: Named,
): Promise<Version | undefined | string> {
  const known = await records.get(refTo(services, target, service));
  if (known === undefined || (digest === undefined && commit === undefined)) return undefined;
  const at = new Date(clock.now()).toISOString();
  if (commit === undefined) return digest === undefined ? undefined : { digest, at };
  const build = await records.get(refTo(builds, known.image, commit));
  if (build?.digest === undefined)
    return `image "${known.image}" has no build of commit ${commit.slice(0, 12)}`;
  return { digest: build.digest, commit, at };
}
