import { mkdir, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createGitForge } from '../../shared/adapters/forge/git.ts';
import { forgeContract } from '../contracts/forge.ts';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { serveGitRepository } from '../helpers/git-repository-server.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

forgeContract(test, 'createGitForge()', async (t, { path }) =>
  createGitForge({ repos: { app: { url: path } }, root: await temporaryFolder(t), log }),
);

const NEVER = 'f'.repeat(40);

async function place(t: ExecutionContext) {
  const repository = await createGitRepository(t);
  const shas = await repository.grow([
    { name: 'one', files: { 'a.txt': 'a\n' } },
    { name: 'two', parents: ['one'] },
    { name: 'other', parents: ['one'] },
  ]);
  await repository.branch('main', 'two');
  const root = await temporaryFolder(t);
  const open = (url = repository.path) => createGitForge({ repos: { app: { url } }, root, log });
  const mirror = async () => join(root, 'mirrors', (await readdir(join(root, 'mirrors')))[0] ?? '');
  return { repository, root, open, mirror, one: shas['one'] ?? NEVER, two: shas['two'] ?? NEVER, shas };
}

test('createGitForge() throws when the remote is down, and knows what it fetched before', async t => {
  const { repository, open, one, two } = await place(t);
  const forge = open();
  await forge.commit('app', one);
  await repository.git('config', 'core.repositoryFormatVersion', '99');
  t.deepEqual(await forge.compare('app', two, one), { relation: 'newer', distance: 1 });
  await t.throwsAsync(forge.compare('app', NEVER, one), {
    name: 'Error',
    message: /^Cannot fetch ".*git says/,
  });
  await t.throwsAsync(forge.head('app', 'main'), { name: 'Error' });
});

test('createGitForge() starts anew after a clone that was killed half way', async t => {
  const { root, open, two } = await place(t);
  await mkdir(join(root, 'temporary', 'half', 'objects'), { recursive: true });
  t.is(await open().head('app', 'main'), two);
  t.deepEqual(await readdir(join(root, 'temporary')), []);
});

test('createGitForge() removes the lock files of a killed git once they are old', async t => {
  const { repository, open, mirror, shas } = await place(t);
  await open().head('app', 'main');
  const lock = join(await mirror(), 'refs/heads/main.lock');
  await writeFile(lock, '');
  await utimes(lock, 0, 0);
  await repository.branch('main', 'other');
  t.is(await open().head('app', 'main'), shas['other']);
});

test('createGitForge() fetches a damaged mirror anew, and keeps what it had', async t => {
  const { repository, open, mirror, shas, two } = await place(t);
  await open().head('app', 'main');
  await repository.branch('main', 'other');
  await open().head('app', 'main');
  await truncate(join(await mirror(), 'refs/heads/main'));
  await repository.grow([{ name: 'three', parents: ['other'] }]);
  await repository.branch('main', 'three');
  const forge = open();
  t.is(await forge.head('app', 'main'), shas['three']);
  t.like(await forge.commit('app', two), { subject: 'two' });
});

test('createGitForge() reads while it fetches, and many checkouts are made beside one another', async t => {
  const { open, one, two } = await place(t);
  const forge = open();
  const [checkouts, heads] = await Promise.all([
    Promise.all([one, two, one, two].map(sha => forge.checkout('app', sha))),
    Promise.all(Array.from({ length: 8 }, () => forge.head('app', 'main'))),
  ]);
  t.is(new Set(checkouts.map(({ path }) => path)).size, 4);
  for (const { path } of checkouts) t.is(await readFile(join(path, 'a.txt'), 'utf8'), 'a\n');
  t.deepEqual(new Set(heads), new Set([two]));
});

test('createGitForge() leaves submodules empty, and has no head in an empty repository', async t => {
  const { repository, open, one } = await place(t);
  const content = one;
  const shas = await repository.grow([{ name: 'sub', files: { lib: { mode: '160000', content }, b: 'b' } }]);
  await repository.branch('main', 'sub');
  const { path } = await open().checkout('app', shas['sub'] ?? NEVER);
  t.deepEqual(await readdir(path, { recursive: true }), ['b', 'lib']);
  t.is(await open((await createGitRepository(t)).path).head('app', 'main'), undefined);
});

test('createGitForge() logs in over HTTP, and no error shows the password', async t => {
  const { repository, two } = await place(t);
  const login = { username: 'headway', password: 'hunter2 $(touch x)\'"' };
  const url = await serveGitRepository(t, {
    path: repository.path,
    login: `${login.username}:${login.password}`,
  });
  const root = await temporaryFolder(t);
  const wrong = { username: 'headway', password: 'sesame' };
  const repos = { app: { url, credentials: login }, locked: { url, credentials: wrong }, open: { url } };
  const forge = createGitForge({ repos, root, log });
  t.is(await forge.head('app', 'main'), two);
  for (const repo of ['locked', 'open']) {
    const error = await t.throwsAsync(forge.head(repo, 'main'));
    t.notRegex(String(error?.stack), /sesame/);
    t.regex(String(error), /Authentication failed|could not read Username/);
  }
  const config = await Promise.all(
    (await readdir(join(root, 'mirrors'))).map(name =>
      readFile(join(root, 'mirrors', name, 'config'), 'utf8'),
    ),
  );
  t.notRegex(config.join(), /hunter2|sesame/);
});

const refused = test.macro({
  async exec(t, url: string, message: RegExp) {
    const repos = { app: { url, credentials: { username: 'u', password: 'p' } } };
    const root = await temporaryFolder(t);
    const error = t.throws(() => createGitForge({ repos, root, log }), { name: 'PermanentError', message });
    t.notRegex(String(error), /hunter2/);
  },
  title: (_, url) => `createGitForge() refuses the URL ${JSON.stringify(url)}`,
});

test(refused, 'ext::sh -c "touch x"', /protocol is "ext"/);
test(refused, 'git://example.com/app', /protocol is "git"/);
test(refused, '--upload-pack=touch x', /it is no URL/);
test(refused, 'https://ada:hunter2@example.com/app', /it holds credentials/);
test(refused, 'https://hunter2@example.com/app', /it holds credentials/);
test(refused, 'git@example.com:acme/app.git', /credentials are for https only/);

test('createGitForge() says what to do where there is no git', async t => {
  const { repository } = await place(t);
  const repos = { app: { url: repository.path } };
  const forge = createGitForge({
    repos,
    root: await temporaryFolder(t),
    log,
    environment: { PATH: '/nowhere' },
  });
  await t.throwsAsync(forge.head('app', 'main'), { name: 'PermanentError', message: /install git/ });
});
