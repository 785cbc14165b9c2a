import { z } from 'zod';
import type { CommitSha } from '../../domain/names/commit-sha.ts';
import type { Connection } from './api/connection.ts';
import { pages } from './api/pages.ts';
import { MOST_MESSAGES, type ToldChanges } from './api/repository-api.ts';

const Commits = z.array(z.object({ message: z.string() }));
const Comparison = z.object({
  diffs: z.array(z.object({ old_path: z.string(), new_path: z.string() })),
  compare_timeout: z.boolean(),
});

type Between = { readonly at: string; readonly from: CommitSha; readonly to: CommitSha };

const PAGE = 100;

/**
 * What GitLab tells of two commits. Its comparison is asked for from one to the other, not from the ancestor that
 * both have in common, and says itself when it leaves files out: too many (1,000 unless its administrator says
 * otherwise), too large, too slow.
 * https://docs.gitlab.com/api/repositories/#compare-branches-tags-or-commits and
 * https://docs.gitlab.com/administration/diff_limits/
 */
export async function gitlabChanges(connection: Connection, between: Between): Promise<ToldChanges> {
  const [files, messages] = await Promise.all([
    filesOf(connection, between),
    messagesOf(connection, between),
  ]);
  return { messages, ...(files !== undefined && { files }) };
}

async function filesOf(connection: Connection, { at, from, to }: Between): Promise<string[] | undefined> {
  const query = { from, to, straight: 'true' };
  const ask = { doing: `compare commits ${from} and ${to}`, path: `${at}/compare`, query, absent: [] };
  const { found } = await connection.json(ask, Comparison);
  if (found === undefined || found.compare_timeout) return undefined;
  return found.diffs.flatMap(({ old_path, new_path }) => [old_path, new_path]);
}

/** https://docs.gitlab.com/api/commits/#list-repository-commits takes a range, and gives the newest first. */
async function messagesOf(connection: Connection, { at, from, to }: Between): Promise<string[]> {
  const query = { ref_name: `${from}..${to}`, per_page: String(PAGE) };
  const ask = {
    doing: `list the commits from ${from} to ${to}`,
    path: `${at}/commits`,
    query,
    absent: [],
  };
  const read = await pages(connection, { ask, schema: Commits, most: MOST_MESSAGES / PAGE });
  return read.flat().map(({ message }) => message);
}
