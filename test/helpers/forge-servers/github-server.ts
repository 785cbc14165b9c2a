import { createVerify } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type { GitRepository } from '../git-repository.ts';
import { type CommitFact, type GitFacts, gitFacts } from './git-facts.ts';
import { type Answer, type Asked, type Served, serveRoutes } from './serve-routes.ts';

type Options = {
  /** Without one the repository is public. */
  readonly token?: string;
  /** The most entries of a tree; GitHub's own is 100,000. */
  readonly mostEntries?: number;
  /** The most files of a comparison; GitHub's own is 300. */
  readonly mostFiles?: number;
  /** Whether the token may set statuses. */
  readonly mayWrite?: boolean;
  /** Lets an App log in: its public key, and the token for the nth time. */
  readonly app?: { readonly publicKey: string; readonly now: () => number };
};

const NOT_FOUND = {
  status: 404,
  body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' },
};

/**
 * Shows a bare repository as `acme/app`, in the shapes of https://docs.github.com/en/rest. Archives are elsewhere,
 * at a server of their own, to which no login may come.
 */
export async function serveGitHub(t: ExecutionContext, repository: GitRepository, options: Options = {}) {
  const facts = gitFacts(repository);
  const issued: string[] = [];
  const statuses: Record<string, string>[] = [];
  const checks: Record<string, unknown>[] = [];
  const codeload = await serveCodeload(t, facts);
  const at = '/repos/acme/app';
  const guarded =
    (answer: (asked: Asked, names: Readonly<Record<string, string>>) => Promise<Answer>) =>
    async (asked: Asked, names: Readonly<Record<string, string>>): Promise<Answer> => {
      if (asked.headers['user-agent'] === undefined) return { status: 403, body: 'Request forbidden' };
      const tokens = options.app === undefined ? [options.token] : issued.slice(-1);
      const authorization = asked.headers.authorization;
      if (authorization !== undefined && !tokens.some(token => authorization === `Bearer ${token}`)) {
        return { status: 401, body: { message: 'Bad credentials' } };
      }
      if (authorization === undefined && (options.token ?? options.app) !== undefined) return NOT_FOUND;
      return answer(asked, names);
    };
  const routes = {
    [`GET ${at}`]: guarded(async () => ({ body: { full_name: 'acme/app' } })),
    [`GET ${at}/compare/*basehead`]: guarded((asked, { basehead = '' }) =>
      compare(facts, { asked, basehead, mostFiles: options.mostFiles }),
    ),
    [`GET ${at}/commits`]: guarded(async asked => listed(facts, asked)),
    [`POST ${at}/statuses/:sha`]: guarded(async (asked, { sha = '' }) => {
      if (options.mayWrite === false) {
        return { status: 403, body: { message: 'Resource not accessible by personal access token' } };
      }
      const status = JSON.parse(asked.body.toString());
      if (!(await facts.has(sha)) || Array.from(status.description).length > 140) {
        return { status: 422, body: { message: 'Validation Failed' } };
      }
      statuses.push({ sha, ...status });
      return { status: 201, body: { id: statuses.length, ...status } };
    }),
    [`POST ${at}/check-runs`]: guarded(async asked => {
      // Only an App may: https://docs.github.com/en/rest/checks/runs#create-a-check-run
      if (options.app === undefined || options.mayWrite === false) {
        return { status: 403, body: { message: 'Resource not accessible by integration' } };
      }
      const check = JSON.parse(asked.body.toString());
      const isWhole = (check.status === 'completed') === (typeof check.conclusion === 'string');
      const output = typeof check.output?.title === 'string' && typeof check.output.summary === 'string';
      if (!(await facts.has(check.head_sha)) || typeof check.name !== 'string' || !isWhole || !output) {
        return { status: 422, body: { message: 'Invalid request.' } };
      }
      checks.push(check);
      return { status: 201, body: { id: checks.length, ...check } };
    }),
    [`GET ${at}/git/commits/:sha`]: guarded(async (_, { sha = '' }) =>
      (await facts.has(sha)) ? { body: shaped(await facts.commit(sha)) } : NOT_FOUND,
    ),
    [`GET ${at}/git/ref/heads/*branch`]: guarded(async (_, { branch = '' }) => {
      const sha = await facts.branch(branch);
      if (sha === undefined) return NOT_FOUND;
      return { body: { ref: `refs/heads/${branch}`, object: { type: 'commit', sha } } };
    }),
    [`GET ${at}/git/trees/:id`]: guarded(async (asked, { id = '' }) => {
      const isWhole = asked.url.searchParams.has('recursive');
      const lines = await facts.tree(id, ...(isWhole ? ['-r', '-t'] : []));
      const most = isWhole ? (options.mostEntries ?? 100_000) : Number.POSITIVE_INFINITY;
      const tree = lines.slice(0, most).map(({ id: sha, ...line }) => ({ ...line, sha }));
      return { body: { sha: id, tree, truncated: lines.length > most } };
    }),
    [`GET ${at}/git/blobs/:id`]: guarded(async (asked, { id = '' }) => {
      const content = await facts.blob(id);
      if (content === undefined) return NOT_FOUND;
      if (asked.headers.accept === 'application/vnd.github.raw+json') return { body: content };
      return { body: { sha: id, content: content.toString('base64'), encoding: 'base64' } };
    }),
    [`GET ${at}/tarball/:sha`]: guarded(async (_, { sha = '' }) => ({
      status: 302,
      headers: { Location: `${codeload.origin}/acme/app/legacy.tar.gz/${sha}?token=TEMPORARY` },
    })),
    'POST /app/installations/:id/access_tokens': (asked: Asked) => issue(asked, { ...options, issued }),
  };
  const served = await serveRoutes(t, { routes, fallback: NOT_FOUND });
  return { ...served, codeload, issued, statuses, checks };
}

async function serveCodeload(t: ExecutionContext, facts: GitFacts): Promise<Served> {
  const routes = {
    'GET /acme/app/legacy.tar.gz/:sha': async (
      asked: Asked,
      { sha = '' }: Readonly<Record<string, string>>,
    ) => {
      if (asked.headers.authorization !== undefined) return { status: 400 };
      return { body: await facts.archive(sha, `acme-app-${sha.slice(0, 7)}/`) };
    },
  };
  return serveRoutes(t, { routes, fallback: { status: 404 } });
}

async function compare(
  facts: GitFacts,
  {
    asked,
    basehead,
    mostFiles = 300,
  }: { readonly asked: Asked; readonly basehead: string; readonly mostFiles?: number | undefined },
): Promise<Answer> {
  const [base = '', head = ''] = basehead.split('...');
  if (!(await facts.has(base)) || !(await facts.has(head))) return NOT_FOUND;
  const mergeBase = await facts.mergeBase(base, head);
  if (mergeBase === undefined) {
    return { status: 404, body: { message: `No common ancestor between ${base} and ${head}.` } };
  }
  const [ahead, behind] = await Promise.all([
    facts.list('--reverse', `${base}..${head}`),
    facts.list(`${head}..${base}`),
  ]);
  const status =
    base === head ? 'identical' : behind.length === 0 ? 'ahead' : ahead.length === 0 ? 'behind' : 'diverged';
  const most = Math.min(100, Number(asked.url.searchParams.get('per_page') ?? 250));
  const page = Number(asked.url.searchParams.get('page') ?? 1);
  const files = page === 1 ? await facts.differences(mergeBase, head) : [];
  const shown = ahead.slice((page - 1) * most, page * most);
  return {
    body: {
      status,
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      base_commit: { sha: base },
      merge_base_commit: { sha: mergeBase },
      commits: (await facts.commits(shown)).map(listedCommit),
      files: files.slice(0, mostFiles).map(({ status, old, now }) => ({
        filename: now,
        status: STATUSES[status] ?? 'modified',
        ...(status === 'R' && { previous_filename: old }),
      })),
    },
  };
}

const STATUSES: Readonly<Record<string, string>> = { A: 'added', D: 'removed', R: 'renamed', T: 'changed' };

async function listed(facts: GitFacts, { url }: Asked): Promise<Answer> {
  const found = await facts.list(url.searchParams.get('sha') ?? '');
  const page = Number(url.searchParams.get('page') ?? 1);
  const most = Number(url.searchParams.get('per_page') ?? 30);
  const next = new URLSearchParams(url.searchParams);
  next.set('page', String(page + 1));
  const body = (await facts.commits(found.slice((page - 1) * most, page * most))).map(listedCommit);
  const link = `<https://api.github.com${url.pathname}?${next}>; rel="next"`;
  return { body, headers: page * most < found.length ? { Link: link } : {} };
}

function listedCommit(fact: CommitFact) {
  const { sha, message, author, parents } = shaped(fact);
  return { sha, parents, commit: { message, author } };
}

function shaped({ id, tree, parents, ...rest }: CommitFact) {
  const inUtc = ({ date, ...who }: typeof rest.author) => ({
    ...who,
    date: new Date(date).toISOString().replace('.000', ''),
  });
  return {
    sha: id,
    tree: { sha: tree },
    parents: parents.map(parent => ({ sha: parent })),
    author: inUtc(rest.author),
    committer: inUtc(rest.committer),
    message: rest.message.trimEnd(),
  };
}

/** Checks the web token as GitHub does: its signature, and that it lives for at most ten minutes. */
function issue(asked: Asked, { app, issued }: Options & { readonly issued: string[] }): Answer {
  const [head = '', claims = '', signature = ''] = (asked.headers.authorization ?? '')
    .replace('Bearer ', '')
    .split('.');
  if (app === undefined) return NOT_FOUND;
  const verify = createVerify('sha256').update(`${head}.${claims}`);
  const seconds = app.now() / 1000;
  const { iat, exp, iss } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}');
  const isGood = verify.verify(app.publicKey, signature, 'base64url') && iss === '7';
  if (!isGood || iat > seconds || exp < seconds || exp - seconds > 600) {
    return { status: 401, body: { message: 'A JSON web token could not be decoded' } };
  }
  if (JSON.parse(asked.body.toString()).repositories[0] !== 'app') {
    return { status: 422, body: { message: 'There is at least one repository that does not exist' } };
  }
  issued.push(`ghs_${issued.length + 1}`);
  const expires = new Date(app.now() + 3_600_000).toISOString().replace(/\.\d+/, '');
  return {
    status: 201,
    body: {
      token: issued.at(-1),
      expires_at: expires,
      permissions: JSON.parse(asked.body.toString()).permissions,
    },
  };
}
