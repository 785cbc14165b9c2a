import test, { type ExecutionContext } from 'ava';
import { serveGitea } from '../helpers/forge-servers/gitea-server.ts';
import { serveGitHub } from '../helpers/forge-servers/github-server.ts';
import { serveGitiles } from '../helpers/forge-servers/gitiles-server.ts';
import { serveGitLab } from '../helpers/forge-servers/gitlab-server.ts';
import { openForge } from '../helpers/forge-servers/open-forge.ts';
import type { Served } from '../helpers/forge-servers/serve-routes.ts';
import { createGitRepository, type GitRepository } from '../helpers/git-repository.ts';

const NEVER = 'f'.repeat(40);
type Serve = (t: ExecutionContext, repository: GitRepository) => Promise<Served>;
type Kind = 'github' | 'gitlab' | 'gitea' | 'gitiles';

const SERVERS: Readonly<Record<Kind, Serve>> = {
  github: serveGitHub,
  gitlab: serveGitLab,
  gitea: serveGitea,
  gitiles: serveGitiles,
};

/** A line of five commits, a sibling of the last, and a history with which they have nothing in common. */
async function place(t: ExecutionContext, kind: Kind, serve = SERVERS[kind]) {
  const repository = await createGitRepository(t);
  const line = ['a', 'b', 'c', 'd', 'e'];
  const shas = await repository.grow([
    ...line.map((name, index) => ({ name, parents: line.slice(Math.max(index - 1, 0), index) })),
    { name: 'sibling', parents: ['d'] },
    { name: 'stranger', files: { stranger: '' } },
  ]);
  await repository.branch('main', 'e');
  const server = await serve(t, repository);
  const repo = {
    github: { url: 'https://github.com/acme/app', api: server.origin },
    gitlab: { url: `${server.origin}/acme/tools/app` },
    gitea: { url: `${server.origin}/git/acme/app` },
    gitiles: { url: `${server.origin}/tools/app` },
  }[kind];
  const forge = await openForge(t, { forge: kind, ...repo });
  return { forge, server, repository, sha: (name: string) => shas[name] ?? NEVER };
}

for (const kind of Object.keys(SERVERS) as Kind[]) {
  test(`${kind} says that histories with nothing in common have diverged`, async t => {
    const { forge, sha } = await place(t, kind);
    t.deepEqual(await forge.compare('app', sha('e'), sha('stranger')), { relation: 'diverged' });
  });

  test(`${kind} has no head in an empty repository, and knows no commit there`, async t => {
    const empty = await createGitRepository(t);
    const { forge } = await place(t, kind, (t, _) => SERVERS[kind](t, empty));
    t.is(await forge.head('app', 'main'), undefined);
    t.deepEqual(await forge.compare('app', NEVER, 'e'.repeat(40)), { relation: 'unknown' });
  });

  test(`${kind} reads what a public repository shows to everybody, in few requests`, async t => {
    const { forge, server, sha } = await place(t, kind);
    t.deepEqual(await forge.compare('app', sha('e'), sha('b')), { relation: 'newer', distance: 3 });
    t.is(server.asked.length, { github: 1, gitlab: 3, gitea: 4, gitiles: 3 }[kind]);
    t.true(server.asked.every(({ headers }) => headers.authorization === undefined));
    t.true(server.asked.every(({ headers }) => headers['user-agent'] === 'headway'));
  });
}

test('GitLab before 16.9 tells the order, though not how far', async t => {
  const { forge, sha } = await place(t, 'gitlab', (t, repository) =>
    serveGitLab(t, repository, { isOld: true }),
  );
  t.deepEqual(await forge.compare('app', sha('e'), sha('b')), { relation: 'newer' });
  t.deepEqual(await forge.compare('app', sha('b'), sha('e')), { relation: 'older' });
});

test('Gitea before 1.20 is found out before everything seems to have diverged', async t => {
  const { forge, sha } = await place(t, 'gitea', (t, repository) =>
    serveGitea(t, repository, { isOld: true }),
  );
  await t.throwsAsync(forge.compare('app', sha('e'), sha('b')), {
    name: 'PermanentError',
    message: /its server is too old; update it to Gitea 1.20/,
  });
});

test('Gitiles is counted page by page, on both sides', async t => {
  const { forge, server, sha } = await place(t, 'gitiles', (t, repository) =>
    serveGitiles(t, repository, { mostCommits: 2 }),
  );
  t.deepEqual(await forge.compare('app', sha('e'), sha('a')), { relation: 'newer', distance: 4 });
  t.deepEqual(await forge.compare('app', sha('a'), sha('sibling')), { relation: 'older', distance: 4 });
  t.true(server.asked.some(({ url }) => url.searchParams.has('s')));
});

test('Gitiles that is very far ahead is newer, however far', async t => {
  const { forge, server, sha } = await place(t, 'gitiles');
  const [from, to] = [sha('a'), sha('e')];
  server.before(({ url }) => {
    if (!url.pathname.endsWith(`${from}..${to}`)) return undefined;
    return { body: `)]}'\n${JSON.stringify({ log: [{ commit: to }], next: from })}` };
  });
  t.deepEqual(await forge.compare('app', to, from), { relation: 'newer' });
  t.is(server.asked.length, 22);
});

test('Gitiles takes a password, too', async t => {
  const repository = await createGitRepository(t);
  const shas = await repository.grow([{ name: 'one' }]);
  await repository.branch('main', 'one');
  const authorization = `Basic ${Buffer.from('ada:hunter2').toString('base64')}`;
  const { origin } = await serveGitiles(t, repository, { authorization });
  const repo = { forge: 'gitiles', url: `${origin}/tools/app` };
  const credentials = { username: 'ada', password: 'env://P' };
  const forge = await openForge(t, { ...repo, credentials }, { secrets: { P: 'hunter2' } });
  t.is(await forge.head('app', 'main'), shas['one']);
  await t.throwsAsync((await openForge(t, repo)).head('app', 'main'), {
    name: 'PermanentError',
    message: /answered 401 \(Unauthorized\); set a token with read access for tools\/app$/,
  });
});

test('a comparison that GitHub cannot make is no order', async t => {
  const { forge, server, sha } = await place(t, 'github');
  const words = 'Server Error: Sorry, this diff is taking too long to generate.';
  server.before(({ url }) =>
    url.pathname.includes('/compare/') ? { status: 422, body: { message: words } } : undefined,
  );
  await t.throwsAsync(forge.compare('app', sha('e'), sha('b')), {
    name: 'ForgeError',
    message: /taking too long/,
  });
});

test('a repo of git is asked of git, beside those of forges', async t => {
  const { repository, sha } = await place(t, 'github');
  const forge = await openForge(t, { url: repository.path });
  t.deepEqual(await forge.compare('app', sha('e'), sha('b')), { relation: 'newer', distance: 3 });
  await t.throwsAsync(forge.head('constructor', 'main'), {
    name: 'PermanentError',
    message: /"constructor"/,
  });
});
