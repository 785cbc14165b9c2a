import { instant } from '../../shared/domain/claims.ts';
import { imagesInTreeOrder } from '../../shared/domain/configuration/image-tree.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { shownHold } from '../../shared/domain/holds/shown-hold.ts';
import { newTag } from '../../shared/domain/tags/new-tag.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import {
  branches,
  builds,
  commits,
  moves,
  poison,
  services,
  tags,
} from '../../shared/records/collections.ts';
import { standingHolds } from '../../shared/records/holds.ts';
import { type Records, refTo } from '../../shared/records/records.ts';
import { type ImageStatus, type RepoStatus, Status } from './answers.ts';
import { countWaiting } from './count-waiting.ts';
import { BuildSummary } from './documents.ts';
import { defineRoute, nothing, type Route } from './route.ts';

type Facts = { readonly records: Records; readonly configuration: Configuration };
type Options = Facts & { readonly clock: Clock; readonly version: string };

const ALL = 1_000;
const COUNTED = 100;
const REFUSALS = 10;

/** Where everything stands, in one call: what a status command and the first paint of the page need. */
export function statusRoute({ records, configuration, clock, version }: Options): Route {
  return defineRoute({
    method: 'GET',
    path: '/status',
    id: 'readStatus',
    summary: 'Where everything stands: heads, tags, services, what waits, what was refused',
    pathParameters: nothing,
    queryParameters: nothing,
    answer: { status: 200, schema: Status },
    handle: async () => ({
      version,
      at: instant(clock.now()),
      repos: await repos({ records, configuration }),
      images: images(configuration),
      ...(await held(records, {
        tags: asConfigured(await records.query(tags, { limit: ALL }), unseenTags(configuration), nameOfTag),
        services: asConfigured(
          await records.query(services, { limit: ALL }),
          unseenServices(configuration),
          nameOfService,
        ),
      })),
      hooks: Object.entries(configuration.hooks).map(([name, { kind }]) => ({
        name,
        kind,
        path: `/hooks/${encodeURIComponent(name)}`,
      })),
      waiting: await waiting(records),
      refusals: await refusals(records),
    }),
  });
}

/** With what people hold of it, as long as headway itself holds it for no other reason. */
async function held(records: Records, all: Pick<Status, 'tags' | 'services'>) {
  const standing = await standingHolds(records);
  return {
    tags: all.tags.map(tag => ({ ...tag, hold: tag.hold ?? shownHold(standing, { kind: 'tag', ...tag }) })),
    services: all.services.map(service => ({
      ...service,
      hold: service.hold ?? shownHold(standing, { kind: 'service', ...service }),
    })),
  };
}

async function repos({ records, configuration }: Facts): Promise<RepoStatus[]> {
  const known = await records.query(branches, { limit: ALL });
  const seen = await Promise.all(
    known.map(async ({ repo, branch, head, updatedAt }) => ({
      repo,
      branch,
      head: (await records.get(refTo(commits, repo, head))) ?? { repo, sha: head, places: {} },
      updatedAt,
      builds: await buildsOf(records, repo, head),
    })),
  );
  const unseen = Object.entries(configuration.repos).map(([repo, { branch }]) => ({
    repo,
    branch,
    builds: [],
  }));
  return withUnseen<RepoStatus>(seen, unseen, ({ repo, branch }) => JSON.stringify([repo, branch]));
}

async function buildsOf(records: Records, repo: string, commit: string): Promise<BuildSummary[]> {
  const where = [{ field: 'commit', is: '==', value: commit }] as const;
  const found = await records.query(builds, { where, limit: ALL });
  return found.filter(build => build.repo === repo).map(build => BuildSummary.parse(build));
}

function images({ images }: Configuration): ImageStatus[] {
  return imagesInTreeOrder(images).flatMap(image => {
    const found = images[image];
    return found === undefined
      ? []
      : [{ image, repository: found.repository, parent: found.parent, repo: found.repo }];
  });
}

/** What the configuration names and nothing has happened to yet is shown all the same. */
function withUnseen<T>(seen: readonly T[], configured: readonly T[], nameOf: (one: T) => string): T[] {
  const names = new Set(seen.map(nameOf));
  return [...seen, ...configured.filter(one => !names.has(nameOf(one)))];
}

/** Neither is what the configuration no longer names, or names on another machine. */
function asConfigured<T>(seen: readonly T[], configured: readonly T[], nameOf: (one: T) => string): T[] {
  const names = new Set(configured.map(nameOf));
  return withUnseen(
    seen.filter(one => names.has(nameOf(one))),
    configured,
    nameOf,
  );
}

function unseenTags(configuration: Configuration): Tag[] {
  return Object.entries(configuration.tags).flatMap(([tag, { images }]) =>
    images.map(image => newTag(configuration, image, tag)),
  );
}

export function unseenServices({ services }: Pick<Configuration, 'services'>): Service[] {
  return Object.entries(services).map(([service, { target, image, tag }]) => ({
    target,
    service,
    image,
    tag,
    phase: 'idle',
    sequence: 0,
    attempts: 0,
  }));
}

const nameOfTag = ({ image, tag }: Tag) => JSON.stringify([image, tag]);
const nameOfService = ({ target, service }: Service) => JSON.stringify([target, service]);

async function waiting(records: Records): Promise<Status['waiting']> {
  const lost = await records.query(poison, {
    orderBy: { field: 'at', direction: 'desc' },
    limit: COUNTED,
  });
  return { ...(await countWaiting(records, COUNTED)), poison: lost.length };
}

async function refusals(records: Records): Promise<Status['refusals']> {
  const of = (value: 'refused' | 'waiting') =>
    records.query(moves, {
      where: [{ field: 'verdict', is: '==', value }],
      orderBy: { field: 'at', direction: 'desc' },
      limit: REFUSALS,
    });
  const both = [...(await of('refused')), ...(await of('waiting'))];
  return both.toSorted((a, b) => (a.at < b.at ? 1 : -1)).slice(0, REFUSALS);
}
