import test, { type ExecutionContext } from 'ava';
import { serveGitea } from '../helpers/forge-servers/gitea-server.ts';
import { serveGitHub } from '../helpers/forge-servers/github-server.ts';
import { serveGitLab } from '../helpers/forge-servers/gitlab-server.ts';
import { openForge } from '../helpers/forge-servers/open-forge.ts';
import { createGitRepository } from '../helpers/git-repository.ts';

/** How often each path was asked for, its hashes left out. */
function countOf(asked: readonly { readonly url: URL }[]): Record<string, number> {
  const paths = asked.map(({ url }) =>
    url.pathname.replaceAll(/[0-9a-f]{40}/g, 'SHA').replace(/^.*(?:app|repository)\//, ''),
  );
  return Object.fromEntries(
    [...new Set(paths)].map(path => [path, paths.filter(one => one === path).length]),
  );
}

/** `one` and `two` in line, with three files between them, and `aside` beside them. */
async function history(t: ExecutionContext) {
  const repository = await createGitRepository(t);
  const shas = await repository.grow([
    { name: 'one', files: { a: 'a', b: 'b', c: 'c' } },
    { name: 'two', parents: ['one'], files: { a: 'A', b: 'B', c: null } },
    { name: 'aside', parents: ['one'] },
  ]);
  for (const name of ['two', 'aside']) await repository.branch(name, name);
  const { one = '', two = '', aside = '' } = shas;
  return { repository, one, two, aside };
}

const github = (origin: string) => ({ forge: 'github', url: 'https://github.com/acme/app', api: origin });
const CHANGES = { files: ['a', 'b', 'c'], messages: ['two'] };

test('one comparison tells of what differs at GitHub, and of two commits that they are there', async t => {
  const { repository, one, two } = await history(t);
  const server = await serveGitHub(t, repository);
  const forge = await openForge(t, github(server.origin));
  t.deepEqual(await forge.changes('app', one, two), CHANGES);
  t.deepEqual(countOf(server.asked), { 'git/commits/SHA': 2, 'compare/SHA...SHA': 1 });
});

test('where GitHub names as many files as it can, the lists of all files are compared', async t => {
  const { repository, one, two } = await history(t);
  const server = await serveGitHub(t, repository, { mostFiles: 2 });
  // As it would be with 300 of them: full, and not known to be all.
  server.before(async ({ url }) => {
    if (!url.pathname.includes('/compare/')) return undefined;
    const files = Array.from({ length: 300 }, (_, index) => ({ filename: `f${index}`, status: 'added' }));
    const commits = [{ commit: { message: 'two' } }];
    return { body: { status: 'ahead', ahead_by: 1, behind_by: 0, total_commits: 1, commits, files } };
  });
  const forge = await openForge(t, github(server.origin));
  t.deepEqual(await forge.changes('app', one, two), CHANGES);
  t.is(countOf(server.asked)['git/trees/SHA'], 2);
});

test("GitHub's comparison of diverged commits is not taken for the difference between them", async t => {
  const { repository, two, aside } = await history(t);
  const server = await serveGitHub(t, repository);
  const forge = await openForge(t, github(server.origin));
  t.deepEqual(await forge.changes('app', two, aside), { files: ['a', 'b', 'c'], messages: ['aside'] });
  t.is(countOf(server.asked)['git/trees/SHA'], 2);
});

test('a comparison that GitHub cannot make now may be made later', async t => {
  const { repository, one, two } = await history(t);
  const server = await serveGitHub(t, repository);
  const words = 'Sorry, this diff is taking too long to generate.';
  server.before(({ url }) =>
    url.pathname.includes('/compare/') ? { status: 422, body: { message: words } } : undefined,
  );
  const forge = await openForge(t, github(server.origin));
  const message = /^Cannot compare commits .* of repo "app": GitHub says "Sorry, this diff/;
  await t.throwsAsync(forge.changes('app', one, two), { name: 'ForgeError', message });
});

test('GitLab compares from one commit to the other, and says when that is not all', async t => {
  const { repository, one, two, aside } = await history(t);
  const server = await serveGitLab(t, repository);
  const forge = await openForge(t, { forge: 'gitlab', url: `${server.origin}/acme/tools/app` });
  t.deepEqual(await forge.changes('app', one, two), CHANGES);
  t.deepEqual(await forge.changes('app', two, aside), { files: ['a', 'b', 'c'], messages: ['aside'] });
  t.is(countOf(server.asked)['tree'], undefined);
  const small = await serveGitLab(t, repository, { mostFiles: 2 });
  const other = await openForge(t, { forge: 'gitlab', url: `${small.origin}/acme/tools/app` });
  t.deepEqual(await other.changes('app', one, two), CHANGES);
  t.is(countOf(small.asked)['tree'], 2);
});

test('a Gitea that is too old to tell what lies between commits is told from one that can', async t => {
  const { repository, one, two } = await history(t);
  const { origin } = await serveGitea(t, repository, { isOld: true });
  const forge = await openForge(t, { forge: 'gitea', url: `${origin}/git/acme/app` });
  const message = /server is too old; update it to Gitea 1\.20/;
  await t.throwsAsync(forge.changes('app', one, two), { name: 'PermanentError', message });
});

test('files are read at GitHub by one list and one request each, however often they are named', async t => {
  const { repository, one } = await history(t);
  const server = await serveGitHub(t, repository);
  const forge = await openForge(t, github(server.origin));
  const files = await forge.files('app', one, ['a', 'b', 'a', 'z']);
  t.deepEqual(Object.fromEntries(files), { a: 'a', b: 'b' });
  const { 'git/trees/SHA': trees, 'git/blobs/SHA': blobs } = countOf(server.asked);
  t.deepEqual([trees, blobs], [1, 2]);
});
