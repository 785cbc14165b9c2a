import { z } from 'zod';
import type { CommitSha } from '../../domain/names/commit-sha.ts';
import type { Ordered } from '../../domain/order/relations.ts';
import { createConnection, encodeParts } from './api/connection.ts';
import { ensureVisible } from './api/ensure-visible.ts';
import { readFiles } from './api/read-files.ts';
import { type ApiRepo, addressOf, adviceFor, fixed, type Workings } from './api/repo-settings.ts';
import { Instant, MOST_MESSAGES, orderOf, type RepositoryApi, Sha, subjectOf } from './api/repository-api.ts';

const Commit = z.object({
  commit: Sha,
  parents: z.array(Sha).default([]),
  author: z.object({ name: z.string() }),
  committer: z.object({ time: Instant }),
  message: z.string(),
});
const Range = z.object({ log: z.array(z.object({ commit: Sha })), next: Sha.optional() });
const Log = z.object({ log: z.array(Commit) });
const References = z.record(z.string(), z.object({ value: Sha }));
const Tree = z.object({
  entries: z.array(z.object({ mode: z.int(), id: Sha, name: z.string() })).default([]),
});

/** How many commits a page has; Gitiles gives at most ten thousand. */
const PAGE = 1000;
/** Farther than so many pages nobody needs to know how far. */
const MOST_PAGES = 20;

/**
 * A repository through Gitiles, as googlesource.com has it. Newer means that the other is an ancestor, on whichever
 * side of a merge: Skia's watcher walked first parents only. Its archives are whole: JGit knows no `export-ignore`.
 * https://gerrit.googlesource.com/gitiles/+/HEAD/java/com/google/gitiles/LogServlet.java
 */
export function gitilesRepository(repo: string, settings: ApiRepo, { send }: Workings): RepositoryApi {
  const { base, repository } = addressOf(repo, 'gitiles', settings);
  const { token, credentials } = settings;
  const login = token !== undefined ? 'the token' : credentials !== undefined ? 'the credentials' : undefined;
  const advise = adviceFor({ permission: 'read access', repository, login });
  const authorization =
    credentials === undefined ? fixed('Bearer', token) : fixed('Basic', basic(credentials));
  const connection = createConnection(send, { base, authorization, about: `of repo "${repo}"`, advise });
  const json = { format: 'JSON' };

  /** A page of the commits that can be reached from one and not from the other; nothing when either is not there. */
  async function page(range: string, query: Readonly<Record<string, string>>) {
    const ask = { doing: `list the commits ${range}`, path: `+log/${range}`, query: { ...json, ...query } };
    return (await connection.json(ask, Range)).found;
  }

  async function distance(range: string): Promise<{ distance?: number }> {
    let count = 0;
    let start: Readonly<Record<string, string>> = {};
    for (let number = 0; number < MOST_PAGES; number++) {
      const found = await page(range, { n: String(PAGE), ...start });
      count += found?.log.length ?? 0;
      if (found?.next === undefined) return { distance: count };
      start = { s: found.next };
    }
    return {};
  }

  /** The content of a file or link. A folder has a text too, which lists what is in it. */
  async function contentOf(sha: CommitSha, path: string): Promise<Uint8Array | undefined> {
    const bytes = await connection.bytes({
      doing: `fetch "${path}"`,
      path: `+/${sha}/${encodeParts(path)}`,
      query: { format: 'TEXT' },
      isIt: headers => headers.get('x-gitiles-object-type') !== 'tree',
    });
    return bytes && Buffer.from(Buffer.from(bytes).toString('latin1'), 'base64');
  }

  return {
    async compare(a, b): Promise<Ordered> {
      const [ahead, behind] = await Promise.all([
        page(`${b}..${a}`, { n: '1' }),
        page(`${a}..${b}`, { n: '1' }),
      ]);
      if (ahead === undefined || behind === undefined) return { relation: 'unknown' };
      const { relation } = orderOf({ ahead: ahead.log.length, behind: behind.log.length });
      if (relation === 'diverged') return { relation };
      return { relation, ...(await distance(relation === 'newer' ? `${b}..${a}` : `${a}..${b}`)) };
    },
    async commit(sha: CommitSha) {
      // The commit's own page would have the list of all files that it changed.
      const ask = { doing: `read commit ${sha}`, path: `+log/${sha}`, query: { ...json, n: '1' } };
      const found = (await connection.json(ask, Log)).found?.log[0];
      if (found === undefined) return undefined;
      return {
        sha: found.commit,
        parents: found.parents,
        author: found.author.name,
        subject: subjectOf(found.message),
        committedAt: found.committer.time,
      };
    },
    async head(branch) {
      const path = `+refs/heads/${encodeParts(branch)}`;
      const ask = { doing: `read branch "${branch}"`, path, query: json };
      const { found } = await connection.json(ask, References);
      // What is asked for as a folder of branches is answered with those that are in it.
      return found?.[`refs/heads/${branch}`]?.value;
    },
    ensureVisible: () =>
      ensureVisible(connection, { path: '+refs/heads?format=JSON', repo, repository, advise }),
    async tree(sha) {
      const query = { ...json, recursive: '1' };
      const ask = { doing: `list the files of ${sha}`, path: `+/${sha}/`, query, absent: [] };
      const { found } = await connection.json(ask, Tree);
      return (found?.entries ?? []).map(({ mode, id, name }) => ({ path: name, mode: mode.toString(8), id }));
    },
    async archive(sha) {
      const doing = `fetch the archive of commit ${sha}`;
      const response = await connection.raw({ doing, path: `+archive/${sha}.tar.gz`, transfer: true });
      return { response, isWrapped: false };
    },
    blob: ({ path }, sha) => contentOf(sha, path),
    files: (sha, paths) => readFiles(paths, path => contentOf(sha, path)),
    /** Its comparison is a text for people. */
    async changes(from, to) {
      const path = `+log/${from}..${to}`;
      const query = { ...json, n: String(MOST_MESSAGES) };
      const ask = { doing: `list the commits from ${from} to ${to}`, path, query, absent: [] };
      const { found } = await connection.json(ask, Log);
      return { messages: (found?.log ?? []).map(({ message }) => message) };
    },
  };
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
