import { z } from 'zod';
import type { CommitSha } from '../../domain/names/commit-sha.ts';
import { PermanentError } from '../../domain/permanent-error.ts';
import { createConnection } from './api/connection.ts';
import { ensureVisible } from './api/ensure-visible.ts';
import { pages } from './api/pages.ts';
import { readFiles } from './api/read-files.ts';
import { type ApiRepo, addressOf, adviceFor, fixed, type Workings } from './api/repo-settings.ts';
import { createReports } from './api/reports.ts';
import { Instant, type RepositoryApi, Sha, subjectOf } from './api/repository-api.ts';
import { gitlabChanges } from './gitlab-changes.ts';

const MergeBase = z.object({ id: Sha });
const Sequence = z.object({ count: z.int().min(0) });
const Commit = z.object({
  id: Sha,
  parent_ids: z.array(Sha),
  author_name: z.string(),
  committed_date: Instant,
  message: z.string(),
});
const Branch = z.object({ name: z.string(), commit: z.object({ id: Sha }) });
const Tree = z.array(z.object({ id: Sha, path: z.string(), mode: z.string() }));

/**
 * A project through GitLab's REST API, of gitlab.com or of a server of one's own.
 * https://docs.gitlab.com/api/repositories/ and https://docs.gitlab.com/api/commits/
 */
export function gitlabRepository(repo: string, settings: ApiRepo, { send }: Workings): RepositoryApi {
  const { base, repository } = addressOf(repo, 'gitlab', settings);
  const login = settings.token === undefined ? undefined : 'the token';
  const permission = 'the scope read_api and at least the role Reporter';
  const advise = adviceFor({ permission, repository, login });
  const authorization = fixed('Bearer', settings.token);
  const place = { base, authorization, about: `of repo "${repo}"`, advise };
  const connection = createConnection(send, place);
  const project = `projects/${encodeURIComponent(repository)}`;
  const at = `${project}/repository`;

  /** How many commits the later one has that the earlier one has not; servers before GitLab 16.9 do not tell. */
  async function distance(later: CommitSha, earlier: CommitSha): Promise<{ distance?: number }> {
    const [one, other] = await Promise.all(
      [later, earlier].map(sha => {
        const ask = { doing: `count the commits before ${sha}`, path: `${at}/commits/${sha}/sequence` };
        return connection.json(ask, Sequence);
      }),
    );
    if (one?.found === undefined || other?.found === undefined) return {};
    return { distance: one.found.count - other.found.count };
  }

  return {
    async compare(a, b) {
      const doing = `compare commits ${a} and ${b}`;
      const query = [a, b].map(sha => ['refs[]', sha] as const);
      const answer = await connection.json(
        { doing, path: `${at}/merge_base`, query, absent: [400, 404] },
        MergeBase,
      );
      if (answer.found === undefined) {
        if (/merge base/i.test(answer.words)) return { relation: 'diverged' };
        if (answer.status === 404 || /could not find ref/i.test(answer.words)) return { relation: 'unknown' };
        throw new PermanentError(`Cannot ${doing} of repo "${repo}": GitLab says "${answer.words}"`);
      }
      if (answer.found.id === b) return { relation: 'newer', ...(await distance(a, b)) };
      if (answer.found.id === a) return { relation: 'older', ...(await distance(b, a)) };
      return { relation: 'diverged' };
    },
    async commit(sha) {
      const ask = { doing: `read commit ${sha}`, path: `${at}/commits/${sha}`, query: { stats: 'false' } };
      const { found } = await connection.json(ask, Commit);
      if (found === undefined) return undefined;
      return {
        sha: found.id,
        parents: found.parent_ids,
        author: found.author_name,
        subject: subjectOf(found.message),
        committedAt: found.committed_date,
      };
    },
    async head(branch) {
      const path = `${at}/branches/${encodeURIComponent(branch)}`;
      const { found } = await connection.json({ doing: `read branch "${branch}"`, path }, Branch);
      return found?.name === branch ? found.commit.id : undefined;
    },
    ensureVisible: () => ensureVisible(connection, { path: project, repo, repository, advise }),
    async tree(sha) {
      const query = { ref: sha, recursive: 'true', per_page: '100', pagination: 'keyset' };
      const ask = { doing: `list the files of ${sha}`, path: `${at}/tree`, query, absent: [] };
      return (await pages(connection, { ask, schema: Tree })).flat();
    },
    async archive(sha) {
      // Where files are kept outside of Git, the commit has but a pointer, and so has the checkout.
      const query = { sha, include_lfs_blobs: 'false' };
      const doing = `fetch the archive of commit ${sha}`;
      const response = await connection.raw({ doing, path: `${at}/archive.tar.gz`, query, transfer: true });
      return { response, isWrapped: true };
    },
    blob: ({ id, path }) => connection.bytes({ doing: `fetch "${path}"`, path: `${at}/blobs/${id}/raw` }),
    // https://docs.gitlab.com/api/repository_files/#get-raw-file-from-repository
    files: (sha, paths) =>
      readFiles(paths, path =>
        connection.bytes({
          doing: `fetch "${path}"`,
          path: `${at}/files/${encodeURIComponent(path)}/raw`,
          query: { ref: sha, lfs: 'false' },
        }),
      ),
    changes: (from, to) => gitlabChanges(connection, { at, from, to }),
    // https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
    report: createReports(send, {
      place,
      grant: { permission: 'the scope api and at least the role Developer', repository, login },
      path: sha => `${project}/statuses/${sha}`,
      body: ({ state, context, description, link }) => ({
        state: state === 'failure' ? 'failed' : state,
        name: context,
        description,
        target_url: link,
      }),
      // https://gitlab.com/gitlab-org/gitlab-foss/-/issues/25807
      isSoAlready: ({ state }, status, words) =>
        state === 'pending' && status === 400 && /cannot transition status/i.test(words),
    }),
  };
}
