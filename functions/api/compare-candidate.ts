import { z } from 'zod';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import type { Ordered } from '../../shared/domain/order/relations.ts';
import { problem } from '../../shared/domain/problem.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Log } from '../../shared/ports/log.ts';
import { commits, tags } from '../../shared/records/collections.ts';
import { createCommitOrder } from '../../shared/records/commit-order.ts';
import { type Records, refTo } from '../../shared/records/records.ts';
import { type CommitLine, TagComparison } from './answers.ts';
import { missing } from './document-routes.ts';
import { defineRoute, nothing, type Route } from './route.ts';

type Options = {
  readonly records: Records;
  readonly log: Log;
  /** Where this server reaches the repos; without it only what is on record is told. */
  readonly forge?: Pick<Forge, 'compare' | 'changes'>;
};

/** Nobody reads more before deciding. */
const MOST_SUBJECTS = 50;

/** Both histories of a commit that waits for a person, and of where the tag stands. */
export function compareCandidateRoute(its: Options): Route {
  return defineRoute({
    method: 'GET',
    path: '/tags/{image}/{tag}/candidates/{commit}',
    id: 'compareCandidate',
    summary: 'What a commit that waits for a person has that the tag has not, and the other way round',
    pathParameters: z.strictObject({ image: z.string().min(1), tag: z.string().min(1), commit: CommitSha }),
    queryParameters: nothing,
    answer: { status: 200, schema: TagComparison },
    problems: [404, 422],
    handle: async ({ path: { image, tag: name, commit } }) => {
      const tag = await its.records.get(refTo(tags, image, name));
      if (tag === undefined) return missing('tags', [image, name]);
      const candidate = tag.candidates.find(other => other.commit === commit);
      if (candidate === undefined || tag.follows === undefined) {
        return problem(
          422,
          `Cannot compare ${commit.slice(0, 12)} with "${image}:${name}": it does not wait there`,
        );
      }
      const { repo } = tag.follows;
      const standing = tag.wanted?.commit;
      return {
        ...{ image, tag: name, repo, waits: candidate.waits },
        candidate: await lineOf(its, repo, commit),
        ...(standing !== undefined && {
          standing: await lineOf(its, repo, standing),
          ...(await histories(its, tag, { repo, standing, commit })),
        }),
      };
    },
  });
}

async function lineOf({ records }: Options, repo: string, sha: string): Promise<CommitLine> {
  const found = await records.get(refTo(commits, repo, sha));
  return { sha, author: found?.author, subject: found?.subject, committedAt: found?.committedAt };
}

type Pair = { readonly repo: string; readonly standing: string; readonly commit: string };

/** A forge that cannot be asked now leaves them out; whoever decides is told that they are not known. */
async function histories(its: Options, { follows }: Tag, { repo, standing, commit }: Pair) {
  const { records, forge, log } = its;
  const compare = forge?.compare ?? (async (): Promise<Ordered> => ({ relation: 'unknown' }));
  const order = createCommitOrder({ records, forge: { compare } });
  try {
    const pair = { repo, ...(follows !== undefined && { branch: follows.branch }), a: commit, b: standing };
    const { relation, distance } = await order(pair);
    const ours = await forge?.changes(repo, commit, standing);
    const theirs = await forge?.changes(repo, standing, commit);
    return { relation, distance, onlyStanding: subjects(ours), onlyCandidate: subjects(theirs) };
  } catch (error) {
    log.warn('Histories could not be compared', { repo, standing, commit, error });
    return { relation: 'unknown' as const };
  }
}

function subjects(changes: { readonly messages: readonly string[] } | undefined): string[] | undefined {
  return changes?.messages.slice(0, MOST_SUBJECTS).map(message => message.split('\n', 1)[0] ?? '');
}
