import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { type Pack, pack } from 'tar-stream';
import { collect } from '../helpers/collect.ts';
import { serveGitea } from '../helpers/forge-servers/gitea-server.ts';
import { serveGitHub } from '../helpers/forge-servers/github-server.ts';
import { serveGitLab } from '../helpers/forge-servers/gitlab-server.ts';
import { openForge } from '../helpers/forge-servers/open-forge.ts';
import { createGitRepository, type NewCommit, temporaryFolder } from '../helpers/git-repository.ts';

/** Does not become small. */
const NOISE = randomBytes(50_000).toString('latin1');

type Files = NonNullable<NewCommit['files']>;

/** GitHub with a commit of these files. */
type Limits = { readonly mostEntries?: number; readonly mostBytes?: number };

async function place(t: ExecutionContext, files: Files, { mostEntries = 100_000, ...limits }: Limits = {}) {
  const repository = await createGitRepository(t);
  const shas = await repository.grow([{ name: 'one', files }]);
  await repository.branch('main', 'one');
  const server = await serveGitHub(t, repository, { mostEntries });
  const repo = { forge: 'github', url: 'https://github.com/acme/app', api: server.origin };
  const root = await temporaryFolder(t);
  const forge = await openForge(t, repo, { root, ...limits });
  const checkout = () => forge.checkout('app', shas['one'] ?? '');
  const byGit = async () => (await openForge(t, { url: repository.path })).checkout('app', shas['one'] ?? '');
  return { repository, root, server, checkout, byGit, sha: shas['one'] ?? '' };
}

/** Every path with its mode and content, or where it leads. */
async function contentsOf(root: string): Promise<Record<string, string>> {
  const paths = await readdir(root, { recursive: true });
  const entries = paths.sort().map(async path => {
    const full = join(root, path);
    const found = await lstat(full);
    if (found.isSymbolicLink()) return [path, `-> ${await readlink(full)}`];
    if (found.isDirectory()) return [path, 'folder'];
    return [path, `${(found.mode & 0o100) === 0 ? '' : 'x '}${await readFile(full, 'latin1')}`];
  });
  return Object.fromEntries(await Promise.all(entries));
}

const link = (content: string) => ({ mode: '120000', content }) as const;
const program = (content: string) => ({ mode: '100755', content }) as const;

test('a checkout by an archive is what git checks out, whatever attributes ask for', async t => {
  const { server, checkout, byGit } = await place(t, {
    '.gitattributes': '* !eol\n*.bat text eol=crlf\n/tests export-ignore\nversion export-subst\n',
    'a.bat': 'one\ntwo\n',
    version: '$Format:%H$\n',
    'tests/run': program('#!/bin/sh\n'),
    'tests/link': link('../version'),
    'deep/er/empty': '',
    'deep/out': link('/etc'),
    lib: { mode: '160000', content: 'a'.repeat(40) },
    [`${'long/'.repeat(40)}name`]: 'long\n',
  });
  const [one, other] = [await checkout(), await byGit()];
  t.deepEqual(await contentsOf(one.path), await contentsOf(other.path));
  t.is(server.asked.filter(({ url }) => url.pathname.includes('/git/blobs/')).length, 3);
  t.is(server.codeload.asked.length, 1);
  t.is(await one.folder('deep'), join(one.path, 'deep'));
  await t.throwsAsync(one.folder('deep/out'), {
    name: 'PermanentError',
    message: /leads out of the repository/,
  });
});

test('a list of files that GitHub cuts off is asked for folder by folder', async t => {
  const { checkout, byGit } = await place(
    t,
    { 'a/b/c': 'c', 'a/b/d': 'd', 'a/e': 'e', f: 'f', 'g/h': 'h' },
    { mostEntries: 3 },
  );
  t.deepEqual(await contentsOf((await checkout()).path), await contentsOf((await byGit()).path));
});

for (const [name, serve, url] of [
  ['GitLab', serveGitLab, '/acme/tools/app'],
  ['Gitea', serveGitea, '/git/acme/app'],
] as const) {
  test(`a list of files on many pages of ${name} is read to its end`, async t => {
    const files = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`f${index}/file`, `${index}`]));
    const { repository, byGit, sha } = await place(t, files);
    const server = await serve(t, repository, { mostEntries: 3 });
    const forge = await openForge(t, { forge: name.toLowerCase(), url: `${server.origin}${url}` });
    const { path } = await forge.checkout('app', sha);
    t.deepEqual(await contentsOf(path), await contentsOf((await byGit()).path));
    t.is(server.asked.filter(({ url }) => url.pathname.includes('/tree')).length, 5);
  });
}

async function archiveOf(
  entries: readonly (Parameters<Pack['entry']>[0] & { readonly content?: string })[],
): Promise<Buffer> {
  const archive = pack();
  for (const { content = '', ...header } of entries) archive.entry(header, content);
  archive.finalize();
  return gzipSync(Buffer.concat(await collect(archive as AsyncIterable<Uint8Array>)));
}

test('an archive can neither lead out of the folder nor put other contents into it', async t => {
  const { server, checkout, byGit } = await place(t, { a: 'a', 'd/b': 'b', 'd/c': link('b') });
  const evil = await archiveOf([
    { name: 'top/../../escaped', content: 'x' },
    { name: '/tmp/escaped', content: 'x' },
    { name: 'top/d', type: 'symlink', linkname: '/tmp' },
    { name: 'top/d/b', content: 'not b' },
    { name: 'top/d/c', type: 'symlink', linkname: '/etc/passwd' },
    { name: 'top/a', type: 'link', linkname: '/etc/passwd' },
    { name: 'top/a', type: 'character-device' },
    { name: 'top/unlisted', content: 'x' },
    { name: 'top/.git/config', content: 'x' },
    { name: 'top/a', content: 'a' },
    { name: 'top/a', content: 'again' },
  ]);
  server.codeload.before(() => ({ body: evil }));
  const { path } = await checkout();
  t.deepEqual(await contentsOf(path), await contentsOf((await byGit()).path));
  t.deepEqual(await readdir(join(path, '../..')), [path.split('/').at(-2) ?? '']);
});

const lists = test.macro({
  async exec(t, entries: Readonly<Record<string, string>>) {
    const { server, checkout } = await place(t, { a: 'a' });
    const tree = Object.entries(entries).map(([path, mode]) => ({ path, mode, sha: 'a'.repeat(40) }));
    server.before(({ url }) =>
      url.pathname.includes('/git/trees/') ? { body: { tree, truncated: false } } : undefined,
    );
    await t.throwsAsync(checkout(), { name: 'PermanentError', message: /which no checkout can hold/ });
    t.is(server.codeload.asked.length, 0);
  },
  title: (name = '') => `a list of files is refused that has ${name}`,
});
test('a way out', lists, { '../a': '100644' });
test('a way out further down', lists, { 'a/../../b': '100644' });
test('an absolute path', lists, { '/etc/passwd': '100644' });
test('a repository of its own', lists, { 'a/.GIT/config': '100644' });
test('a file below a link', lists, { a: '120000', 'a/b/c': '100644' });
test('a link below a file', lists, { 'a/b': '120000', a: '100644' });

test('nothing is left of a checkout that failed, and the error says what broke', async t => {
  const { root, server, checkout } = await place(t, { a: NOISE, b: 'b' });
  const good = await archiveOf([{ name: 'top/a', content: NOISE }]);
  for (const [body, reason] of [
    [good.subarray(0, good.length / 2), /unexpected end of file/],
    [Buffer.from('no gzip'), /incorrect header/],
    [gzipSync('no tar'.repeat(200)), /header/i],
  ] as const) {
    server.codeload.before(() => ({ body }));
    const error = await t.throwsAsync(checkout(), { name: 'ForgeError', message: reason });
    t.regex(
      error.message,
      /^Cannot check out commit \w+ of repo "app": its archive could not be unpacked \(/,
    );
  }
  server.codeload.before(() => ({ body: good }));
  server.before(({ url }) => (url.pathname.includes('/git/blobs/') ? { body: 'other' } : undefined));
  await t.throwsAsync(checkout(), { name: 'ForgeError', message: /gives another content for "b"/ });
  t.deepEqual(await readdir(join(root, 'archives')), []);
});

test('an archive that lacks too much, or is too large, is refused with what to do', async t => {
  const many = Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`tests/${index}`, `${index}`]));
  const lacks = await place(t, { '.gitattributes': 'tests export-ignore\n', ...many });
  await t.throwsAsync(lacks.checkout(), {
    name: 'PermanentError',
    message: /lacks 301 files, .*; use forge: git$/,
  });
  t.false(lacks.server.asked.some(({ url }) => url.pathname.includes('/git/blobs/')));
  const large = await place(t, { a: 'a'.repeat(600), b: 'b'.repeat(600) }, { mostBytes: 1000 });
  await t.throwsAsync(large.checkout(), {
    name: 'PermanentError',
    message: /its files have more than .*; use forge: git$/,
  });
  t.deepEqual(await readdir(join(large.root, 'archives')), []);
});

test('what a killed process left of a checkout is removed', async t => {
  const { root, server } = await place(t, { a: 'a' });
  await mkdir(join(root, 'archives', 'checkout-left', 'tree'), { recursive: true });
  const url = 'https://github.com/acme/app';
  const forge = await openForge(t, { forge: 'github', url, api: server.origin }, { root });
  const { path, remove } = await forge.checkout('app', (await forge.head('app', 'main')) ?? '');
  t.deepEqual(await readdir(join(root, 'archives')), [path.split('/').at(-2) ?? '']);
  await remove();
});
