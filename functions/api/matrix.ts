import { z } from 'zod';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Commit } from '../../shared/domain/documents/commit.ts';
import { builds, commits, keyOf } from '../../shared/records/collections.ts';
import { type Records, refByKey, refTo } from '../../shared/records/records.ts';
import { Matrix, type MatrixRow } from './answers.ts';
import { cursorOf, keyBehind } from './cursors.ts';
import { Paging } from './document-routes.ts';
import { BuildSummary } from './documents.ts';
import { badParameters } from './problem.ts';
import { defineRoute, nothing, type Route } from './route.ts';

/** The most images that one commit is shown with. */
const IMAGES = 1_000;
/** How many builds are searched for commits that nobody pushed. */
const LATEST = 200;

/** Commits, newest first, each with its builds: the rows of the page's matrix, without a call for each. */
export function matrixRoute(records: Records): Route {
  return defineRoute({
    method: 'GET',
    path: '/matrix',
    id: 'readMatrix',
    summary: 'The commits, the latest pushed first, each with its builds',
    pathParameters: nothing,
    queryParameters: z.strictObject({ ...Paging, repo: z.string().min(1).optional() }),
    answer: { status: 200, schema: Matrix },
    handle: async ({ query: { limit, after, repo } }) => {
      const behind = after === undefined ? undefined : keyBehind(after);
      if (after !== undefined && (behind === undefined || !(await isThere(records, behind)))) {
        return badParameters([
          { name: 'after', message: 'expected the `next` of a page that is still there' },
        ]);
      }
      const found = await records.query(commits, {
        where: repo === undefined ? [] : [{ field: 'repo', is: '==', value: repo }],
        orderBy: { field: 'pushedAt', direction: 'desc' },
        ...(behind !== undefined && { after: behind }),
        limit: limit + 1,
      });
      const pushed = found.slice(0, limit);
      const last = found.length > limit ? pushed.at(-1) : undefined;
      const unpushed = behind === undefined ? await unpushedCommits(records, { repo, limit }) : [];
      const rows = [...pushed, ...unpushed].map(async commit => ({
        commit,
        builds: await buildsOf(records, commit),
      }));
      const items = (await Promise.all(rows)).toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
      return { items, next: last && cursorOf(keyOf(commits.parts(last))) };
    },
  });
}

/**
 * Commits that only the latest builds tell of: where others build and nobody sends pushes, those are all there
 * are. They stand on the first page.
 */
async function unpushedCommits(
  records: Records,
  { repo, limit }: { readonly repo: string | undefined; readonly limit: number },
): Promise<Commit[]> {
  const latest = await records.query(builds, {
    orderBy: { field: 'requestedAt', direction: 'desc' },
    limit: LATEST,
  });
  const seen = new Map(latest.map(build => [keyOf([build.repo, build.commit]), build]));
  const found = await Promise.all([...seen.values()].map(build => commitOf(records, build)));
  return found
    .filter(commit => commit.pushedAt === undefined && (repo === undefined || commit.repo === repo))
    .slice(0, limit);
}

async function commitOf(records: Records, { repo, commit: sha }: Build): Promise<Commit> {
  return (await records.get(refTo(commits, repo, sha))) ?? { repo, sha, places: {} };
}

function timeOf({ commit, builds }: MatrixRow): string {
  const asked = builds.flatMap(({ requestedAt }) => (requestedAt === undefined ? [] : [requestedAt]));
  return commit.pushedAt ?? asked.toSorted().at(0) ?? '';
}

async function isThere(records: Records, key: string): Promise<boolean> {
  return (await records.get(refByKey(commits, key))) !== undefined;
}

async function buildsOf(records: Records, { repo, sha }: { repo: string; sha: string }) {
  const found = await records.query(builds, {
    where: [{ field: 'commit', is: '==', value: sha }],
    limit: IMAGES,
  });
  return found.filter(build => build.repo === repo).map(build => BuildSummary.parse(build));
}
