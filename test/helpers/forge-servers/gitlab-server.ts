import type { ExecutionContext } from 'ava';
import type { GitRepository } from '../git-repository.ts';
import { type CommitFact, gitFacts } from './git-facts.ts';
import { type Answer, type Answering, serveRoutes } from './serve-routes.ts';

type Options = {
  /** Without one the project is public. */
  readonly token?: string;
  /** Before GitLab 16.9 nobody counted commits. */
  readonly isOld?: boolean;
  /** The most entries of a page; GitLab's own is 100. */
  readonly mostEntries?: number;
  /** The most files of a comparison; GitLab's own is 1,000 unless its administrator says otherwise. */
  readonly mostFiles?: number;
  /** Whether the token may set statuses. */
  readonly mayWrite?: boolean;
};

const notFound = (what: string) => ({ status: 404, body: { message: `404 ${what} Not Found` } });

/** Shows a bare repository as `acme/tools/app`, in the shapes of https://docs.gitlab.com/api/repositories/. */
export async function serveGitLab(t: ExecutionContext, repository: GitRepository, options: Options = {}) {
  const facts = gitFacts(repository);
  const at = '/api/v4/projects/acme%2Ftools%2Fapp';
  const statuses: Record<string, string>[] = [];
  const guarded =
    (answer: Answering): Answering =>
    (asked, names) => {
      const { authorization } = asked.headers;
      if (authorization !== undefined && authorization !== `Bearer ${options.token}`) {
        return { status: 401, body: { error: 'invalid_token', error_description: 'Token was revoked.' } };
      }
      const isHidden = authorization === undefined && options.token !== undefined;
      return isHidden ? notFound('Project') : answer(asked, names);
    };
  const routes = {
    [`GET ${at}`]: guarded(() => ({ body: { path_with_namespace: 'acme/tools/app' } })),
    [`GET ${at}/repository/merge_base`]: guarded(async ({ url }): Promise<Answer> => {
      const refs = url.searchParams.getAll('refs[]');
      if (refs.length < 2) return { status: 400, body: { message: 'Provide at least 2 refs' } };
      const known = await Promise.all(refs.map(facts.has));
      const unknown = refs.filter((_, index) => !known[index]);
      if (unknown.length > 0) {
        const noun = unknown.length === 1 ? 'ref' : 'refs';
        return { status: 400, body: { message: `Could not find ${noun}: ${unknown.join(', ')}` } };
      }
      const base = await facts.mergeBase(refs[0] ?? '', refs[1] ?? '');
      return base === undefined ? notFound('Merge Base') : { body: shaped(await facts.commit(base)) };
    }),
    [`GET ${at}/repository/compare`]: guarded(async ({ url }) => {
      const [from = '', to = '', straight] = ['from', 'to', 'straight'].map(
        name => url.searchParams.get(name) ?? '',
      );
      const base = straight === 'true' ? from : ((await facts.mergeBase(from, to)) ?? '');
      const found = await facts.differences(base, to);
      const most = options.mostFiles ?? 1000;
      const diffs = found.slice(0, most).map(({ status, old, now }) => ({
        old_path: old,
        new_path: now,
        renamed_file: status === 'R',
        deleted_file: status === 'D',
        diff: '',
      }));
      return { body: { diffs, compare_timeout: found.length > most, compare_same_ref: from === to } };
    }),
    [`GET ${at}/repository/commits`]: guarded(async ({ url }) => {
      const found = await facts.list(url.searchParams.get('ref_name') ?? '');
      const page = Number(url.searchParams.get('page') ?? 1);
      const most = Math.min(100, Number(url.searchParams.get('per_page') ?? 20));
      const next = new URLSearchParams(url.searchParams);
      next.set('page', String(page + 1));
      const body = (await facts.commits(found.slice((page - 1) * most, page * most))).map(shaped);
      const link = `<https://gitlab.internal${url.pathname}?${next}>; rel="next"`;
      return { body, headers: page * most < found.length ? { Link: link } : {} };
    }),
    [`GET ${at}/repository/files/:path/raw`]: guarded(async ({ url }, { path = '' }) => {
      const content = await facts.blob(`${url.searchParams.get('ref')}:${path}`);
      return content === undefined ? notFound('File') : { body: content };
    }),
    [`POST ${at}/statuses/:sha`]: guarded(async ({ body }, { sha = '' }) => {
      if (options.mayWrite === false) return { status: 403, body: { message: '403 Forbidden' } };
      if (!(await facts.has(sha))) return notFound('Commit');
      const status = JSON.parse(body.toString());
      const isPending = statuses.findLast(one => one['name'] === status.name)?.['state'] === 'pending';
      if (isPending && status.state === 'pending') {
        const message =
          'Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via "enqueue")';
        return { status: 400, body: { message } };
      }
      statuses.push({ sha, ...status });
      return { status: 201, body: { id: statuses.length, ...status } };
    }),
    [`GET ${at}/repository/commits/:sha`]: guarded(async (_, { sha = '' }) =>
      (await facts.has(sha)) ? { body: shaped(await facts.commit(sha)) } : notFound('Commit'),
    ),
    [`GET ${at}/repository/commits/:sha/sequence`]: guarded(async (_, { sha = '' }) =>
      options.isOld ? notFound('') : { body: { count: (await facts.list(sha)).length } },
    ),
    [`GET ${at}/repository/branches/:branch`]: guarded(async (_, { branch = '' }) => {
      const sha = await facts.branch(branch);
      return sha === undefined
        ? notFound('Branch')
        : { body: { name: branch, commit: shaped(await facts.commit(sha)) } };
    }),
    [`GET ${at}/repository/tree`]: guarded(async ({ url }) => {
      const lines = await facts.tree(url.searchParams.get('ref') ?? '', '-r', '-t');
      const most = Math.min(options.mostEntries ?? 100, Number(url.searchParams.get('per_page') ?? 20));
      const token = url.searchParams.get('page_token');
      const start = token === null ? 0 : lines.findIndex(({ path }) => path === token) + 1;
      const body = lines.slice(start, start + most).map(({ id, path, mode, type }) => ({
        id,
        name: path.split('/').at(-1),
        type,
        path,
        mode,
      }));
      const next = new URLSearchParams(url.searchParams);
      next.set('page_token', body.at(-1)?.path ?? '');
      // The server thinks that it has another name than the one by which it is asked.
      const link = `<https://gitlab.internal${url.pathname}?${next}>; rel="next"`;
      return { body, headers: start + most < lines.length ? { Link: link } : {} };
    }),
    [`GET ${at}/repository/archive.tar.gz`]: guarded(async ({ url }) => {
      const sha = url.searchParams.get('sha') ?? '';
      return { body: await facts.archive(sha, `app-${sha}-${sha}/`) };
    }),
    [`GET ${at}/repository/blobs/:id/raw`]: guarded(async (_, { id = '' }) => {
      const content = await facts.blob(id);
      return content === undefined ? notFound('Blob') : { body: content };
    }),
  };
  const served = await serveRoutes(t, {
    routes,
    fallback: { status: 404, body: { error: '404 Not Found' } },
  });
  return { ...served, statuses };

  function shaped({ id, parents, author, committer, message }: CommitFact) {
    return {
      id,
      short_id: id?.slice(0, 8),
      parent_ids: parents,
      title: message.split('\n')[0],
      message,
      author_name: author.name,
      author_email: author.email,
      authored_date: author.date,
      committer_name: committer.name,
      committed_date: committer.date.replace(/([+-]\d\d:\d\d)$/, '.000$1'),
    };
  }
}
