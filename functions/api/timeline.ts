import type { Build } from '../../shared/domain/documents/build.ts';
import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import type { Move } from '../../shared/domain/documents/move.ts';
import { commitTimeline } from '../../shared/domain/journeys/commit-timeline.ts';
import { builds, commits, deliveries, deploys, moves, tags } from '../../shared/records/collections.ts';
import { type Records, refByKey, refTo } from '../../shared/records/records.ts';
import { CommitPath, Timeline } from './answers.ts';
import { missing } from './document-routes.ts';
import { defineRoute, nothing, type Route } from './route.ts';

/** The most of each kind that is read for one commit. */
const MOST = 1_000;

/** Everything that happened to a commit, from the push that brought it to its running. */
export function timelineRoute(records: Records): Route {
  return defineRoute({
    method: 'GET',
    path: '/commits/{repo}/{sha}/timeline',
    id: 'readTimeline',
    summary: 'Everything that happened to a commit, in the order of time',
    pathParameters: CommitPath,
    queryParameters: nothing,
    answer: { status: 200, schema: Timeline },
    problems: [404],
    handle: async ({ path: { repo, sha } }) => {
      const built = (await records.query(builds, { where: equal('commit', sha), limit: MOST })).filter(
        build => build.repo === repo,
      );
      const known = await records.get(refTo(commits, repo, sha));
      if (known === undefined && built.length === 0) return missing('commits', [repo, sha]);
      const commit = known ?? { repo, sha, places: {} };
      const deployed = await records.query(deploys, {
        where: equal('commit', sha),
        orderBy: { field: 'dispatchedAt', direction: 'desc' },
        limit: MOST,
      });
      const digests = new Set(built.map(({ digest }) => digest));
      const items = commitTimeline({
        commit,
        builds: built,
        deliveries: await deliveriesOf(records, built),
        moves: (await Promise.all(built.map(build => movesOf(records, build)))).flat(),
        deploys: deployed.filter(({ digest }) => digests.has(digest)),
      });
      return { commit, items };
    },
  });
}

async function deliveriesOf(records: Records, built: readonly Build[]): Promise<Delivery[]> {
  const keys = new Set(built.flatMap(({ delivery }) => (delivery === undefined ? [] : [delivery])));
  const found = await Promise.all([...keys].map(key => records.get(refByKey(deliveries, key))));
  return found.flatMap(delivery => (delivery === undefined ? [] : [delivery]));
}

/** The entries about this commit in the ledgers of the tags that the image carries. */
async function movesOf(records: Records, { image, commit }: Build): Promise<Move[]> {
  const carried = await records.query(tags, { where: equal('image', image), limit: MOST });
  const ledgers = await Promise.all(
    carried.map(({ tag }) =>
      records.query(moves, {
        where: [...equal('image', image), ...equal('tag', tag)],
        orderBy: { field: 'sequence', direction: 'desc' },
        limit: MOST,
      }),
    ),
  );
  return ledgers.flat().filter(({ to }) => to.commit === commit);
}

function equal(field: string, value: string) {
  return [{ field, is: '==', value }] as const;
}
