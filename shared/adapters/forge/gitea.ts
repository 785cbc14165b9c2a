import { z } from 'zod';
import type { CommitSha } from '../../domain/names/commit-sha.ts';
import { PermanentError } from '../../domain/permanent-error.ts';
import { createConnection, encodeParts } from './api/connection.ts';
import { ensureVisible } from './api/ensure-visible.ts';
import { pages } from './api/pages.ts';
import { readFiles } from './api/read-files.ts';
import { type ApiRepo, addressOf, adviceFor, fixed, type Workings } from './api/repo-settings.ts';
import { createReports } from './api/reports.ts';
import {
  Instant,
  MOST_MESSAGES,
  orderOf,
  type RepositoryApi,
  Sha,
  subjectOf,
  type TreeEntry,
} from './api/repository-api.ts';

const Commit = z.object({
  sha: Sha,
  parents: z.array(z.object({ sha: Sha })).nullish(),
  commit: z.object({
    message: z.string(),
    author: z.object({ name: z.string() }),
    committer: z.object({ date: Instant }),
  }),
});
const Messages = z.array(z.object({ commit: z.object({ message: z.string() }) }));
const Branch = z.object({ name: z.string(), commit: z.object({ id: Sha }) });
const Tree = z.object({
  tree: z.array(z.object({ path: z.string(), mode: z.string(), sha: Sha })).nullish(),
  truncated: z.boolean(),
});
const Blob = z.object({ content: z.string(), encoding: z.literal('base64') });

/** What a commit's answer would have besides, each of which costs the server much. */
/** Gitea gives no more at once. */
const PAGE = 50;
const BARE = { stat: 'false', verification: 'false', files: 'false' };

/**
 * A repository through the REST API of Gitea, since 1.20, or Forgejo. Its comparison lists every commit and cannot
 * be cut short, so the order is taken from how many commits each has that the other has not.
 * https://docs.gitea.com/api/#tag/repository
 */
export function giteaRepository(repo: string, settings: ApiRepo, { send }: Workings): RepositoryApi {
  const { base, repository } = addressOf(repo, 'gitea', settings);
  const login = settings.token === undefined ? undefined : 'the token';
  const advise = adviceFor({ permission: 'the permission read:repository', repository, login });
  const authorization = fixed('token', settings.token);
  const place = { base, authorization, about: `of repo "${repo}"`, advise };
  const connection = createConnection(send, place);
  const at = `repos/${encodeParts(repository)}`;

  async function commit(sha: CommitSha) {
    const path = `${at}/git/commits/${sha}`;
    // 409 is how Gitea says that there is nothing in the repository yet.
    const ask = { doing: `read commit ${sha}`, path, query: BARE, absent: [404, 409, 422] };
    const { found } = await connection.json(ask, Commit);
    if (found === undefined) return undefined;
    return {
      sha: found.sha,
      parents: (found.parents ?? []).map(parent => parent.sha),
      author: found.commit.author.name,
      subject: subjectOf(found.commit.message),
      committedAt: found.commit.committer.date,
    };
  }

  /** How many commits can be reached from one and not from the other. */
  async function countOf(from: CommitSha, not: CommitSha): Promise<number> {
    const doing = `count the commits of ${from} that ${not} has not`;
    const query = { ...BARE, sha: from, not, limit: '1' };
    const answer = await connection.json({ doing, path: `${at}/commits`, query, absent: [] }, z.unknown());
    const total = 'headers' in answer ? answer.headers.get('x-total-count') : null;
    if (total !== null && /^\d+$/.test(total)) return Number(total);
    throw new PermanentError(`Cannot ${doing}: ${base} does not tell; check the address of the API`);
  }

  /** An older server passes over `not`: then everything would seem to have diverged. */
  async function ensureCounted(sha: CommitSha): Promise<void> {
    if ((await countOf(sha, sha)) === 0) return;
    const advice = 'update it to Gitea 1.20 or Forgejo 1.20, or use forge: git';
    throw new PermanentError(
      `Cannot tell the order of commits of repo "${repo}": its server is too old; ${advice}`,
    );
  }

  return {
    commit,
    async compare(a, b) {
      const commits = await Promise.all([commit(a), commit(b)]);
      if (commits.includes(undefined)) return { relation: 'unknown' };
      const [ahead, behind] = await Promise.all([countOf(a, b), countOf(b, a)]);
      if (ahead > 0 && behind > 0) await ensureCounted(a);
      return orderOf({ ahead, behind });
    },
    async head(branch) {
      const path = `${at}/branches/${encodeParts(branch)}`;
      const { found } = await connection.json({ doing: `read branch "${branch}"`, path }, Branch);
      return found?.name === branch ? found.commit.id : undefined;
    },
    ensureVisible: () => ensureVisible(connection, { path: at, repo, repository, advise }),
    async tree(sha) {
      const entries: TreeEntry[] = [];
      for (let page = 1, isMore = true; isMore; page++) {
        const ask = { doing: `list the files of ${sha}`, path: `${at}/git/trees/${sha}`, absent: [] };
        const query = { recursive: 'true', per_page: '1000', page: String(page) };
        const { found } = await connection.json({ ...ask, query }, Tree);
        const read = found?.tree ?? [];
        entries.push(...read.map(({ path, mode, sha: id }) => ({ path, mode, id })));
        isMore = found?.truncated === true && read.length > 0;
      }
      return entries;
    },
    async archive(sha) {
      const doing = `fetch the archive of commit ${sha}`;
      const response = await connection.raw({ doing, path: `${at}/archive/${sha}.tar.gz`, transfer: true });
      return { response, isWrapped: true };
    },
    async blob({ id, path }) {
      // The file itself by its path would be the large file for which the commit has but a pointer.
      const ask = { doing: `fetch "${path}"`, path: `${at}/git/blobs/${id}`, transfer: true };
      const { found } = await connection.json(ask, Blob);
      return found === undefined ? undefined : Buffer.from(found.content, 'base64');
    },
    files: (sha, paths) =>
      readFiles(paths, path =>
        connection.bytes({
          doing: `fetch "${path}"`,
          path: `${at}/raw/${encodeParts(path)}`,
          query: { ref: sha },
        }),
      ),
    /** Its comparison has no list of files. */
    async changes(from, to) {
      await ensureCounted(from);
      const query = { ...BARE, sha: to, not: from, limit: String(PAGE) };
      const doing = `list the commits from ${from} to ${to}`;
      const ask = { doing, path: `${at}/commits`, query, absent: [] };
      const read = await pages(connection, { ask, schema: Messages, most: MOST_MESSAGES / PAGE });
      return { messages: read.flat().map(({ commit }) => commit.message) };
    },
    report: createReports(send, {
      place,
      grant: { permission: 'the permission write:repository', repository, login },
      path: sha => `${at}/statuses/${sha}`,
      body: ({ state, context, description, link }) => ({ state, context, description, target_url: link }),
    }),
  };
}
