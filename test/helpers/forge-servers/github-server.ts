import { createVerify } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type { GitRepository } from '../git-repository.ts';
import { type GitFacts, gitFacts } from './git-facts.ts';
import { type Answer, type Asked, type Served, serveRoutes } from './serve-routes.ts';

type Options = {
  /** Without one the repository is public. */
  readonly token?: string;
  /** The most entries of a tree; GitHub's own is 100,000. */
  readonly mostEntries?: number;
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
      compare(facts, { asked, basehead }),
    ),
    [`GET ${at}/git/commits/:sha`]: guarded(async (_, { sha = '' }) =>
      (await facts.has(sha)) ? { body: await commit(facts, sha) } : NOT_FOUND,
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
  return { ...served, codeload, issued };
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
  { asked, basehead }: { readonly asked: Asked; readonly basehead: string },
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
  const most = Number(asked.url.searchParams.get('per_page') ?? 250);
  return {
    body: {
      status,
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      base_commit: { sha: base },
      merge_base_commit: { sha: mergeBase },
      commits: ahead.slice(0, most).map(sha => ({ sha })),
      files: [],
    },
  };
}

async function commit(facts: GitFacts, sha: string) {
  const { id, tree, parents, ...rest } = await facts.commit(sha);
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
    body: { token: issued.at(-1), expires_at: expires, permissions: { contents: 'read' } },
  };
}
