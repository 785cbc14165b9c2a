import { z } from 'zod';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { shownHold } from '../../shared/domain/holds/shown-hold.ts';
import { explainService } from '../../shared/domain/journeys/explain-service.ts';
import { explainedVersion, type ServiceFacts } from '../../shared/domain/journeys/service-facts.ts';
import { problem } from '../../shared/domain/problem.ts';
import {
  branches,
  builds,
  commits,
  deliveries,
  deploys,
  moves,
  services,
  tags,
} from '../../shared/records/collections.ts';
import { standingHolds } from '../../shared/records/holds.ts';
import { type Records, refByKey, refTo } from '../../shared/records/records.ts';
import { Why } from './answers.ts';
import { missing } from './document-routes.ts';
import { defineRoute, nothing, type Route } from './route.ts';
import { unseenServices } from './status.ts';

type Options = { readonly records: Records; readonly configuration: Configuration };

/** How far back the ledgers are read: further than any service stays behind. */
const BACK = 200;

/** Why a service runs what it runs: by target and name, or by its name where that is enough. */
export function whyRoutes({ records, configuration }: Options): Route[] {
  const common = {
    method: 'GET',
    queryParameters: nothing,
    answer: { status: 200, schema: Why },
  } as const;
  return [
    defineRoute({
      ...common,
      path: '/services/{target}/{service}/why',
      id: 'explainService',
      summary: 'Why a service runs what it runs, and what keeps it from what it should run',
      pathParameters: z.strictObject({ target: z.string().min(1), service: z.string().min(1) }),
      problems: [404],
      handle: async ({ path: { target, service } }) => {
        const found =
          (await records.get(refTo(services, target, service))) ??
          configured(configuration, service).find(one => one.target === target);
        return found === undefined ? missing('services', [target, service]) : explain(records, found);
      },
    }),
    defineRoute({
      ...common,
      path: '/services/{service}/why',
      id: 'explainServiceByName',
      summary: 'The same by the name of the service, where only one target has it',
      pathParameters: z.strictObject({ service: z.string().min(1) }),
      problems: [404, 409],
      handle: async ({ path: { service } }) => {
        const known = await records.query(services, {
          where: [{ field: 'service', is: '==', value: service }],
          limit: BACK,
        });
        const all = known.length > 0 ? known : configured(configuration, service);
        const [found] = all;
        if (found === undefined) return missing('services', [service]);
        if (all.length === 1) return explain(records, found);
        const targets = all.map(({ target }) => `"${target}"`).join(', ');
        return problem(
          409,
          `Cannot tell which "${service}" is meant: it is at ${targets}; name the target too`,
        );
      },
    }),
  ];
}

function configured(configuration: Configuration, name: string): Service[] {
  return unseenServices(configuration).filter(({ service }) => service === name);
}

async function explain(records: Records, service: Service): Promise<z.input<typeof Why>> {
  const { target, service: name, image, tag, phase, wanted, observed } = service;
  const { green, summary, chain, obstacles } = explainService(await gather(records, service));
  return {
    ...{ target, service: name, image, tag, phase, wanted, observed, green, summary },
    chain: [...chain],
    obstacles: [...obstacles],
  };
}

async function gather(records: Records, service: Service): Promise<ServiceFacts> {
  const { target, service: name, image, tag: tagName } = service;
  const version = explainedVersion(service);
  const [tag, ledger, tries, build, standing] = await Promise.all([
    records.get(refTo(tags, image, tagName)),
    records.query(moves, { where: both({ image, tag: tagName }), ...latest }),
    records.query(deploys, { where: both({ target, service: name }), ...latest }),
    version === undefined ? undefined : buildOf(records, image, version),
    standingHolds(records),
  ]);
  const repo = build?.repo ?? tag?.follows?.repo;
  const sha = version?.commit ?? build?.commit;
  const hold = service.hold ?? shownHold(standing, { kind: 'service', ...service });
  return {
    service: { ...service, hold },
    tag,
    moves: ledger,
    deploy: tries.find(({ digest }) => digest === version?.digest),
    lastDeploy: tries[0],
    build,
    delivery:
      build?.delivery === undefined ? undefined : await records.get(refByKey(deliveries, build.delivery)),
    commit:
      repo === undefined || sha === undefined ? undefined : await records.get(refTo(commits, repo, sha)),
    head: await headOf(records, image, tag),
  };
}

async function buildOf(
  records: Records,
  image: string,
  { digest, commit }: NonNullable<ReturnType<typeof explainedVersion>>,
): Promise<Build | undefined> {
  const same = commit === undefined ? undefined : await records.get(refTo(builds, image, commit));
  if (same !== undefined) return same;
  const [found] = await records.query(builds, { where: both({ image, digest }), limit: 1 });
  return found;
}

async function headOf(records: Records, image: string, tag: Tag | undefined): Promise<ServiceFacts['head']> {
  if (tag?.follows === undefined) return undefined;
  const branch = await records.get(refTo(branches, tag.follows.repo, tag.follows.branch));
  if (branch === undefined) return undefined;
  const build = await records.get(refTo(builds, image, branch.head));
  const parent = build?.parent;
  const parentBuild =
    parent === undefined ? undefined : await records.get(refTo(builds, parent, branch.head));
  return { sha: branch.head, build, parentBuild };
}

const latest = { orderBy: { field: 'sequence', direction: 'desc' }, limit: BACK } as const;

function both(fields: Readonly<Record<string, string>>) {
  return Object.entries(fields).map(([field, value]) => ({ field, is: '==', value }) as const);
}
