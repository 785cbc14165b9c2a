import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { GitRepository } from '../git-repository.ts';
import { type CommitFact, gitFacts } from './git-facts.ts';
import { type Answer, type Answering, serveRoutes } from './serve-routes.ts';

type Options = {
  /** The `Authorization` that may read; without one anybody may. */
  readonly authorization?: string;
  /** The most commits of a page; Gitiles' own is 10,000. */
  readonly mostCommits?: number;
};

const NOT_FOUND = { status: 404, body: 'NOT_FOUND: Requested entity was not found' };

/** Shows a bare repository as `tools/app`, in the shapes of https://gerrit.googlesource.com/gitiles/. */
export async function serveGitiles(t: ExecutionContext, repository: GitRepository, options: Options = {}) {
  const facts = gitFacts(repository);
  // JGit, which makes the archives, knows no such attributes; these go before those of the tree.
  await mkdir(join(repository.path, 'info'), { recursive: true });
  await writeFile(join(repository.path, 'info/attributes'), '* -export-ignore -export-subst\n');
  const at = '/tools/app';
  const guarded =
    (answer: Answering): Answering =>
    async (asked, names) => {
      const wanted = options.authorization;
      if (wanted === undefined || asked.headers.authorization === wanted) return answer(asked, names);
      return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="Gerrit"' }, body: 'Unauthorized' };
    };
  const routes = {
    [`GET ${at}/+log/:range`]: guarded(async ({ url }, { range = '' }): Promise<Answer> => {
      const ends = range.split('..');
      if ((await Promise.all(ends.map(facts.has))).includes(false)) return NOT_FOUND;
      const found = await facts.list(range);
      const from = found.indexOf(url.searchParams.get('s') ?? found[0] ?? '');
      const most = Math.min(options.mostCommits ?? 10_000, Number(url.searchParams.get('n') ?? 100));
      const page = found.slice(Math.max(from, 0), from + most);
      const next = found[from + most];
      const log = (await facts.commits(page)).map(shaped);
      return json({ log, ...(next !== undefined && { next }) });
    }),
    [`GET ${at}/+refs/*path`]: guarded(async (_, { path = '' }) => {
      const branches = await facts.branches();
      const exact = branches[`refs/${path}`];
      if (exact !== undefined) return json({ [`refs/${path}`]: { value: exact } });
      const below = Object.entries(branches).filter(([name]) => name.startsWith(`refs/${path}/`));
      const short = below.map(([name, value]) => [name.slice(`refs/${path}/`.length), { value }]);
      return json(Object.fromEntries(short));
    }),
    [`GET ${at}/+/:sha/`]: guarded(async (_, { sha = '' }) => {
      const entries = await facts.tree(sha, '-r');
      const shaped = entries.map(({ mode, type, id, path }) => ({
        mode: Number.parseInt(mode, 8),
        type,
        id,
        name: path,
      }));
      return json({ id: (await facts.commit(sha)).tree, entries: shaped });
    }),
    [`GET ${at}/+/:sha/*path`]: guarded(async (_, { sha = '', path = '' }) => {
      const content = await facts.blob(`${sha}:${path}`);
      if (content !== undefined) {
        return { headers: { 'X-Gitiles-Object-Type': 'blob' }, body: content.toString('base64') };
      }
      const below = await facts.tree(`${sha}:${path}`);
      if (below.length === 0) return NOT_FOUND;
      const lines = below.map(({ mode, type, id, path }) => `${mode} ${type} ${id}\t${path}\n`).join('');
      return {
        headers: { 'X-Gitiles-Object-Type': 'tree' },
        body: Buffer.from(lines).toString('base64'),
      };
    }),
    [`GET ${at}/+archive/:name`]: guarded(async (_, { name = '' }) => ({
      body: await facts.archive(name.replace('.tar.gz', ''), ''),
    })),
  };
  return serveRoutes(t, { routes, fallback: NOT_FOUND });

  function shaped({ id, tree, parents, author, committer, message }: CommitFact) {
    const when = ({ date, ...who }: typeof author) => ({ ...who, time: gitDate(date) });
    return { commit: id, tree, parents, author: when(author), committer: when(committer), message };
  }
}

function json(body: unknown): Answer {
  return { headers: { 'Content-Type': 'application/json' }, body: `)]}'\n${JSON.stringify(body)}\n` };
}

/** `Tue Jan 01 01:01:00 2030 +0100`, from RFC 3339. */
function gitDate(text: string): string {
  const [, sign = '+', hours = '00', minutes = '00'] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const there = new Date(Date.parse(text) + offset * 60_000).toUTCString();
  const [, weekday, day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) (\S+)/.exec(there) ?? [];
  return `${weekday} ${month} ${day} ${time} ${year} ${sign}${hours}${minutes}`;
}
