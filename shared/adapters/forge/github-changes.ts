import { z } from 'zod';
import type { CommitSha } from '../../domain/names/commit-sha.ts';
import { ForgeError } from '../../ports/forge-error.ts';
import type { Connection } from './api/connection.ts';
import { pages } from './api/pages.ts';
import { MOST_MESSAGES, type ToldChanges } from './api/repository-api.ts';

const Commits = z.array(z.object({ commit: z.object({ message: z.string() }) }));
const File = z.object({ filename: z.string(), previous_filename: z.string().optional(), status: z.string() });
const Comparison = z.object({
  status: z.string(),
  total_commits: z.int().min(0),
  commits: Commits,
  files: z.array(File).optional(),
});
type Comparison = z.infer<typeof Comparison>;

type Between = {
  readonly repo: string;
  readonly at: string;
  readonly from: CommitSha;
  readonly to: CommitSha;
};

const PAGE = 100;
/** No comparison names more files than these. */
const MOST_FILES = 300;

/**
 * What GitHub's comparison tells of two different commits: the commits that the second has and the first has not,
 * oldest first, page by page, and on the first page the files that differ from the ancestor that both have in
 * common. So they are those that we want only where that is the first commit, and only where they are not too many.
 * https://docs.github.com/en/rest/commits/commits#compare-two-commits
 */
export async function githubChanges(
  connection: Connection,
  { repo, at, from, to }: Between,
): Promise<ToldChanges> {
  const doing = `compare commits ${from} and ${to}`;
  const path = `${at}/compare/${from}...${to}`;
  const page = (number: number) =>
    connection.json({ doing, path, query: { per_page: String(PAGE), page: String(number) } }, Comparison);
  const first = await page(1);
  if (first.found === undefined) {
    if (!/no common ancestor/i.test(first.words)) {
      throw new ForgeError(`Cannot ${doing} of repo "${repo}": GitHub says "${first.words}"`);
    }
    return { messages: await allMessages(connection, at, to) };
  }
  const last = Math.ceil(first.found.total_commits / PAGE);
  const read = last > 1 ? [] : [first.found.commits];
  // The newest are on the last pages, and the very last may have but one.
  for (let number = Math.max(1, last - MOST_MESSAGES / PAGE); last > 1 && number <= last; number++) {
    read.push((number === 1 ? first : await page(number)).found?.commits ?? []);
  }
  const messages = read.flat().map(({ commit }) => commit.message);
  const files = filesOf(first.found);
  return { messages: messages.toReversed().slice(0, MOST_MESSAGES), ...(files !== undefined && { files }) };
}

function filesOf({ status, files = [] }: Comparison): string[] | undefined {
  if (status !== 'ahead' || files.length >= MOST_FILES) return undefined;
  return files.flatMap(file =>
    file.status === 'renamed' && file.previous_filename !== undefined
      ? [file.filename, file.previous_filename]
      : [file.filename],
  );
}

/** Of a commit and of all that it stands on. */
async function allMessages(connection: Connection, at: string, sha: CommitSha): Promise<string[]> {
  const query = { sha, per_page: String(PAGE) };
  const ask = { doing: `list the commits of ${sha}`, path: `${at}/commits`, query, absent: [] };
  const read = await pages(connection, { ask, schema: Commits, most: MOST_MESSAGES / PAGE });
  return read.flat().map(({ commit }) => commit.message);
}
