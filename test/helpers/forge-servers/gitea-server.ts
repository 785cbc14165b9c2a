import type { ExecutionContext } from 'ava';
import type { GitRepository } from '../git-repository.ts';
import { type CommitFact, gitFacts } from './git-facts.ts';
import { type Answering, serveRoutes } from './serve-routes.ts';

type Options = {
  /** Without one the repository is public. */
  readonly token?: string;
  /** Before Gitea 1.20 nobody listened to `not`. */
  readonly isOld?: boolean;
  /** The most entries of a page of a tree; Gitea's own is 1000. */
  readonly mostEntries?: number;
  /** Whether the token may set statuses. */
  readonly mayWrite?: boolean;
};

const NOT_FOUND = { status: 404, body: { message: "The target couldn't be found.", errors: [] } };

/** Shows a bare repository as `acme/app` under `/git`, in the shapes of https://docs.gitea.com/api/. */
export async function serveGitea(t: ExecutionContext, repository: GitRepository, options: Options = {}) {
  const facts = gitFacts(repository);
  const at = '/git/api/v1/repos/acme/app';
  const statuses: Record<string, string>[] = [];
  const guarded =
    (answer: Answering): Answering =>
    (asked, names) => {
      const { authorization } = asked.headers;
      if (authorization !== undefined && authorization !== `token ${options.token}`) {
        return { status: 401, body: { message: 'user does not exist [uid: 0, name: ]' } };
      }
      return authorization === undefined && options.token !== undefined ? NOT_FOUND : answer(asked, names);
    };
  const routes = {
    [`GET ${at}`]: guarded(() => ({ body: { full_name: 'acme/app' } })),
    [`GET ${at}/git/commits/:sha`]: guarded(async (_, { sha = '' }) =>
      (await facts.has(sha)) ? { body: shaped(await facts.commit(sha)) } : NOT_FOUND,
    ),
    [`GET ${at}/commits`]: guarded(async ({ url }) => {
      const [sha, not] = ['sha', 'not'].map(name => url.searchParams.get(name) ?? '');
      const isKnown = (await facts.has(sha ?? '')) && (await facts.has(not ?? ''));
      if (!isKnown) return { status: 500, body: { message: 'exit status 128' } };
      const found = await facts.list(sha ?? '', ...(options.isOld ? [] : [`^${not}`]));
      const most = Math.min(50, Number(url.searchParams.get('limit') ?? 50));
      const page = Number(url.searchParams.get('page') ?? 1);
      const next = new URLSearchParams(url.searchParams);
      next.set('page', String(page + 1));
      const link = `<http://gitea.internal${url.pathname}?${next}>; rel="next",<http://gitea.internal/>; rel="last"`;
      return {
        headers: {
          'X-Total-Count': String(found.length),
          'X-Total': String(found.length),
          ...(page * most < found.length && { Link: link }),
        },
        body: (await facts.commits(found.slice((page - 1) * most, page * most))).map(shaped),
      };
    }),
    [`GET ${at}/branches/*branch`]: guarded(async (_, { branch = '' }) => {
      const id = await facts.branch(branch);
      return id === undefined ? NOT_FOUND : { body: { name: branch, commit: { id } } };
    }),
    [`GET ${at}/git/trees/:sha`]: guarded(async ({ url }, { sha = '' }) => {
      const lines = await facts.tree(sha, '-r', '-t');
      const most = Math.min(options.mostEntries ?? 1000, Number(url.searchParams.get('per_page') ?? 1000));
      const page = Number(url.searchParams.get('page') ?? 1);
      const tree = lines
        .slice((page - 1) * most, page * most)
        .map(({ id, size, ...line }) => ({ ...line, size: size ?? 0, sha: id }));
      return { body: { sha, tree, truncated: page * most < lines.length, page, total_count: lines.length } };
    }),
    [`GET ${at}/git/blobs/:id`]: guarded(async (_, { id = '' }) => {
      const content = await facts.blob(id);
      if (content === undefined) return { status: 400, body: { message: 'sha not found' } };
      const size = content.length;
      return { body: { sha: id, size, encoding: 'base64', content: content.toString('base64') } };
    }),
    [`GET ${at}/raw/*path`]: guarded(async ({ url }, { path = '' }) => {
      const content = await facts.blob(`${url.searchParams.get('ref')}:${path}`);
      return content === undefined ? NOT_FOUND : { body: content };
    }),
    [`POST ${at}/statuses/:sha`]: guarded(async ({ body }, { sha = '' }) => {
      if (options.mayWrite === false) {
        const message = 'token does not have at least one of required scope(s), required=[write:repository]';
        return { status: 403, body: { message } };
      }
      if (!(await facts.has(sha))) return NOT_FOUND;
      const status = JSON.parse(body.toString());
      statuses.push({ sha, ...status });
      return { status: 201, body: { id: statuses.length, status: status.state } };
    }),
    [`GET ${at}/archive/*name`]: guarded(async (_, { name = '' }) => ({
      body: await facts.archive(name.replace('.tar.gz', ''), 'app/'),
    })),
  };
  const served = await serveRoutes(t, { routes, fallback: NOT_FOUND });
  return { ...served, statuses };

  function shaped({ id, tree, parents, author, committer, message }: CommitFact) {
    return {
      sha: id,
      commit: { message, author, committer, tree: { sha: tree } },
      parents: parents.map(parent => ({ sha: parent })),
      author: null,
      committer: null,
    };
  }
}
