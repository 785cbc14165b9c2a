import { z } from 'zod';
import type { CommitSha } from '../../domain/names/commit-sha.ts';
import type { Ordered } from '../../domain/order/relations.ts';
import { ForgeError } from '../../ports/forge-error.ts';
import { createConnection, encodeParts } from './api/connection.ts';
import { ensureVisible } from './api/ensure-visible.ts';
import { readListed } from './api/read-files.ts';
import { type ApiRepo, addressOf, adviceFor, fixed, type Workings } from './api/repo-settings.ts';
import { createReports } from './api/reports.ts';
import { Instant, type RepositoryApi, Sha, subjectOf, type TreeEntry } from './api/repository-api.ts';
import { createAppAuthorization } from './github-app.ts';
import { githubChanges } from './github-changes.ts';
import { githubReports } from './github-reports.ts';

const Comparison = z.object({
  status: z.enum(['ahead', 'behind', 'diverged', 'identical']),
  ahead_by: z.int().min(0),
  behind_by: z.int().min(0),
});
const Commit = z.object({
  sha: Sha,
  parents: z.array(z.object({ sha: Sha })),
  author: z.object({ name: z.string() }),
  committer: z.object({ date: Instant }),
  message: z.string(),
});
const Reference = z.object({ ref: z.string(), object: z.object({ type: z.string(), sha: Sha }) });
const Tree = z.object({
  tree: z.array(z.object({ path: z.string(), mode: z.string(), sha: Sha })),
  truncated: z.boolean(),
});

const HEADERS = { Accept: 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28' };

/**
 * A repository through GitHub's REST API, of github.com or of a server of one's own.
 * https://docs.github.com/en/rest/commits/commits#compare-two-commits and https://docs.github.com/en/rest/git
 */
export function githubRepository(repo: string, settings: ApiRepo, { send, clock }: Workings): RepositoryApi {
  const { base, repository } = addressOf(repo, 'github', settings);
  const { app, token, report } = settings;
  const login = app !== undefined ? 'the App' : token !== undefined ? 'the token' : undefined;
  const advise = adviceFor({ permission: 'the permission "Contents: read"', repository, login });
  const reports = githubReports({ isApp: app !== undefined });
  const authorization =
    app === undefined
      ? fixed('Bearer', token)
      : createAppAuthorization({
          ...{ app, base, repository, headers: HEADERS, send, clock },
          reports: report === true ? reports : undefined,
        });
  const about = `of repo "${repo}"`;
  const place = { base, authorization, headers: HEADERS, about, advise };
  const connection = createConnection(send, place);
  const at = `repos/${encodeParts(repository)}`;

  async function commit(sha: CommitSha) {
    const doing = `read commit ${sha}`;
    // 409 is how GitHub says that there is nothing in the repository yet.
    const ask = { doing, path: `${at}/git/commits/${sha}`, absent: [404, 409, 422] };
    const { found } = await connection.json(ask, Commit);
    if (found === undefined) return undefined;
    return {
      sha: found.sha,
      parents: found.parents.map(parent => parent.sha),
      author: found.author.name,
      subject: subjectOf(found.message),
      committedAt: found.committer.date,
    };
  }

  /** A 404 is also the answer for two commits that have no ancestor in common. */
  async function withoutComparison(a: CommitSha, b: CommitSha, words: string): Promise<Ordered> {
    const commits = await Promise.all([commit(a), commit(b)]);
    if (commits.includes(undefined)) return { relation: 'unknown' };
    if (/no common ancestor/i.test(words)) return { relation: 'diverged' };
    throw new ForgeError(`Cannot compare commits ${a} and ${b} of repo "${repo}": GitHub says "${words}"`);
  }

  /** Over 100,000 files or 7 MB GitHub cuts the list off; then each folder is asked for by itself. */
  async function treeBelow(id: string, prefix: string): Promise<TreeEntry[]> {
    const ask = { doing: `list the files of ${id}`, path: `${at}/git/trees/${id}`, absent: [] };
    const whole = await connection.json({ ...ask, query: { recursive: '1' } }, Tree);
    if (whole.found?.truncated === false) return whole.found.tree.map(entry => entryOf(entry, prefix));
    const top = await connection.json(ask, Tree);
    const entries: TreeEntry[] = [];
    for (const found of top.found?.tree ?? []) {
      const entry = entryOf(found, prefix);
      if (found.mode === '040000') entries.push(...(await treeBelow(found.sha, `${entry.path}/`)));
      else entries.push(entry);
    }
    return entries;
  }

  const tree = (sha: CommitSha) => treeBelow(sha, '');
  const blob: RepositoryApi['blob'] = ({ id, path }) =>
    connection.bytes({
      doing: `fetch "${path}"`,
      path: `${at}/git/blobs/${id}`,
      headers: { Accept: 'application/vnd.github.raw+json' },
    });

  return {
    commit,
    tree,
    blob,
    // By its path GitHub gives what a link leads to, and a folder as if it were a file.
    files: (sha, paths) => readListed({ tree, blob }, { sha, paths }),
    changes: (from, to) => githubChanges(connection, { repo, at, from, to }),
    report: createReports(send, {
      place,
      grant: { permission: `the permission ${reports.permission}`, repository, login },
      path: sha => `${at}/${reports.path(sha)}`,
      body: reports.body,
    }),
    async compare(a, b) {
      const doing = `compare commits ${a} and ${b}`;
      // The counts are of the whole comparison, on whichever page.
      const ask = { doing, path: `${at}/compare/${b}...${a}`, query: { per_page: '1' } };
      const answer = await connection.json(ask, Comparison);
      return answer.found === undefined ? withoutComparison(a, b, answer.words) : orderedBy(answer.found);
    },
    async head(branch) {
      const path = `${at}/git/ref/heads/${encodeParts(branch)}`;
      const answer = await connection.json(
        { doing: `read branch "${branch}"`, path, absent: [404, 409] },
        Reference,
      );
      return answer.found?.ref === `refs/heads/${branch}` ? answer.found.object.sha : undefined;
    },
    ensureVisible: () => ensureVisible(connection, { path: at, repo, repository, advise }),
    async archive(sha) {
      const doing = `fetch the archive of commit ${sha}`;
      const response = await connection.raw({ doing, path: `${at}/tarball/${sha}`, transfer: true });
      return { response, isWrapped: true };
    },
  };
}

function orderedBy({ status, ahead_by, behind_by }: z.infer<typeof Comparison>): Ordered {
  if (status === 'ahead') return { relation: 'newer', distance: ahead_by };
  if (status === 'behind') return { relation: 'older', distance: behind_by };
  return status === 'identical' ? { relation: 'same', distance: 0 } : { relation: 'diverged' };
}

function entryOf({ path, mode, sha }: z.infer<typeof Tree>['tree'][number], prefix: string): TreeEntry {
  return { path: `${prefix}${path}`, mode, id: sha };
}
