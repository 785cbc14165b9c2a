import { z } from 'zod';
import { builds, commits, keyOf } from '../../shared/records/collections.ts';
import { type Records, refByKey } from '../../shared/records/records.ts';
import { Matrix } from './answers.ts';
import { cursorOf, keyBehind } from './cursors.ts';
import { Paging } from './document-routes.ts';
import { BuildSummary } from './documents.ts';
import { badParameters } from './problem.ts';
import { defineRoute, type Route } from './route.ts';

/** The most images that one commit is shown with. */
const IMAGES = 1_000;

/** Commits, newest first, each with its builds: the rows of the page's matrix, without a call for each. */
export function matrixRoute(records: Records): Route {
  return defineRoute({
    method: 'GET',
    path: '/matrix',
    id: 'readMatrix',
    summary: 'The commits, the latest pushed first, each with its builds',
    pathParameters: z.strictObject({}),
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
      const rows = found.slice(0, limit);
      const last = found.length > limit ? rows.at(-1) : undefined;
      return {
        items: await Promise.all(
          rows.map(async commit => ({ commit, builds: await buildsOf(records, commit) })),
        ),
        next: last && cursorOf(keyOf(commits.parts(last))),
      };
    },
  });
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
