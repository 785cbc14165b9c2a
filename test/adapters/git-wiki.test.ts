import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createGitWiki } from '../../shared/adapters/wiki/git-wiki.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import type { WikiEdit } from '../../shared/ports/wiki.ts';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { serveGitRepository } from '../helpers/git-repository-server.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

const author = { name: 'headway', email: 'headway@example.com' };
const signal = AbortSignal.timeout(100_000);
const message = '[ci skip] Automated publish for 1234567';

async function place(t: ExecutionContext) {
  const repository = await createGitRepository(t);
  const root = await temporaryFolder(t);
  const open = (url = repository.path, options = {}) =>
    createGitWiki({ url, branch: 'master', author, root, log, chance: () => 0.01, ...options });
  const page = (path: string) => repository.git('show', `master:${path}`);
  const commits = async () => Number((await repository.git('rev-list', '--count', 'master')).trim());
  return { repository, open, page, commits, wiki: open() };
}
const write = (pages: Record<string, string>) => async () => ({
  pages: new Map(Object.entries(pages)),
  message,
});

test('a wiki without a commit gets its first', async t => {
  const { wiki, page, repository } = await place(t);
  t.deepEqual(await wiki.read(['Home.md']), new Map());
  const sha = await wiki.publish(write({ 'Home.md': 'Größe ✓', 'a page.md': '' }), signal);
  t.is(await page('Home.md'), 'Größe ✓');
  t.is(await page('a page.md'), '');
  t.is(
    (await repository.git('log', '-1', '--format=%H %an <%ae> %B', 'master')).trim(),
    `${sha} headway <headway@example.com> ${message}`,
  );
});

test('pages that are not named stay, and what is there already makes no commit', async t => {
  const { repository, wiki, page, commits } = await place(t);
  await repository.grow([
    {
      name: 'old',
      files: { 'Home.md': 'home', 'old-page.md': 'old', 'uploads/x.png': Buffer.from([0, 255]) },
    },
  ]);
  await repository.branch('master', 'old');
  const edit: WikiEdit = async read => {
    const found = await read(['Home.md', 'gone.md']);
    const pages = new Map([
      ['Home.md', `${found.get('Home.md')}!`],
      ['new.md', 'new'],
    ]);
    return { pages, message };
  };
  const sha = await wiki.publish(edit, signal);
  t.is(await page('Home.md'), 'home!');
  t.is(await page('old-page.md'), 'old');
  t.is(
    (await repository.git('ls-tree', '--name-only', '-r', 'master')).trim(),
    'Home.md\nnew.md\nold-page.md\nuploads/x.png',
  );
  t.is(await wiki.publish(write({ 'Home.md': 'home!' }), signal), sha);
  t.is(await commits(), 2);
});

test('what somebody else pushes meanwhile stays, and the edit is made on it', async t => {
  const { repository, wiki, page, commits } = await place(t);
  const shas = await repository.grow([
    { name: 'one', files: { 'Home.md': 'one' } },
    { name: 'two', parents: ['one'], files: { 'Home.md': 'two', 'theirs.md': 'theirs' } },
  ]);
  await repository.branch('master', 'one');
  const seen: (string | undefined)[] = [];
  const edit: WikiEdit = async read => {
    const found = await read(['Home.md']);
    seen.push(found.get('Home.md'));
    if (seen.length === 1) {
      execFileSync('git', [
        `--git-dir=${repository.path}`,
        'update-ref',
        'refs/heads/master',
        shas['two'] ?? '',
      ]);
    }
    return { pages: new Map([['Home.md', `${found.get('Home.md')} and headway`]]), message };
  };
  await wiki.publish(edit, signal);
  t.deepEqual(seen, ['one', 'two']);
  t.is(await page('Home.md'), 'two and headway');
  t.is(await page('theirs.md'), 'theirs');
  t.is(await commits(), 3);
});

test('many who publish at once lose nothing', async t => {
  const { repository, open, commits } = await place(t);
  const wikis = [open(), open(), open(repository.path, { root: await temporaryFolder(t) })];
  const names = Array.from({ length: 6 }, (_, at) => `page-${at}.md`);
  await Promise.all(names.map((name, at) => wikis[at % 3]?.publish(write({ [name]: name }), signal)));
  t.is((await repository.git('ls-tree', '--name-only', 'master')).trim(), names.join('\n'));
  t.is(await commits(), names.length);
});

test('a wiki behind a login is written with it, and the password is in no message', async t => {
  const { repository, open, page } = await place(t);
  await repository.git('config', 'http.receivepack', 'true');
  const url = await serveGitRepository(t, { path: repository.path, login: 'bot:hunter2' });
  const credentials = { username: 'bot', password: 'hunter2' };
  await open(url, { credentials }).publish(write({ 'Home.md': 'x' }), signal);
  t.is(await page('Home.md'), 'x');
  const error = await t.throwsAsync(
    open(url, { credentials: { ...credentials, password: 'hunter3' } }).publish(write({ a: 'b' }), signal),
  );
  t.notRegex(error?.message ?? '', /hunter/);
});

test('a remote that forbids it says why, and what to do', async t => {
  const { repository, open } = await place(t);
  const hook = join(repository.path, 'hooks', 'pre-receive');
  await writeFile(hook, '#!/bin/sh\necho "the wiki is read-only" >&2\nexit 1\n');
  await chmod(hook, 0o755);
  await t.throwsAsync(open().publish(write({ 'Home.md': 'x' }), signal), {
    instanceOf: PermanentError,
    message:
      /^Cannot push to wiki ".*": the remote says ".*the wiki is read-only"; let headway push to branch "master"$/,
  });
});
