import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { branchRef } from '../../shared/adapters/git/branch-ref.ts';
import { coalesce } from '../../shared/adapters/git/coalesce.ts';
import { redact } from '../../shared/adapters/git/remote.ts';
import { createGit } from '../../shared/adapters/git/run.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';

const PATH = process.env['PATH'];
/** A remote that never answers: the ssh program that is started for it sleeps. */
const silent = { url: 'ssh://git@example.com/app.git' };
const hangs = () => createGit(silent, { PATH, GIT_SSH_COMMAND: 'sleep 600 #' });
const lookUp = ['ls-remote', '--', silent.url];

test('createGit() ends git and all it started when the signal says so', async t => {
  const controller = new AbortController();
  const looking = hangs().run(lookUp, { doing: 'look', signal: controller.signal });
  controller.abort(new Error('given up'));
  await t.throwsAsync(looking, { message: 'given up' });
  await t.throwsAsync(hangs().run(lookUp, { doing: 'look', signal: controller.signal }), {
    message: 'given up',
  });
});

test('createGit() ends git when its time is over, and says so', async t => {
  const message = 'Cannot look there: git took too long and was stopped';
  await t.throwsAsync(hangs().run(lookUp, { doing: 'look there', timeout: 100 }), { message });
});

test('createGit() reads neither the configuration nor the variables of the user', async t => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, '.gitconfig'), '[user]\n\tname = Ada\n[core]\n\tpager = false\n');
  const environment = { PATH, HOME: home, GIT_DIR: '/nowhere', GIT_AUTHOR_NAME: 'Ada' };
  const git = createGit({ url: '/srv/app' }, environment);
  const listed = await git.read(['config', '--list'], { doing: 'list', cwd: home });
  t.notRegex(listed, /Ada|pager/);
  t.regex(listed, /gc\.pruneexpire=never/);
});

test('createGit() keeps the password out of the arguments and out of what git says', async t => {
  const remote = { url: 'https://example.com', credentials: { username: 'ada', password: 'hunter2' } };
  const git = createGit(remote, { PATH });
  const error = await t.throwsAsync(git.read(['log', '--hunter2'], { doing: 'read' }));
  t.regex(error?.message ?? '', /^Cannot read: git says ".*\*\*\*/);
  t.notRegex(String(error?.stack), /hunter2/);
  // The helper answers for its own host and for no other, whatever redirects there.
  const fill = (host: string) =>
    git.run(['credential', 'fill'], { doing: 'ask', input: `protocol=https\nhost=${host}\n\n` });
  t.regex((await fill('example.com')).stdout.toString(), /^username=ada\npassword=hunter2$/m);
  t.not((await fill('example.org')).code, 0);
});

test('redact() hides what stands for a password in any URL', t => {
  const said = 'https://ghp_x@github.com/a ssh://git@host/b ftp://u:p@host, but not mail@host';
  t.is(redact(said, {}), 'https://***@github.com/a ssh://git@host/b ftp://u:***@host, but not mail@host');
});

const branches = test.macro({
  exec(t, branch: string, fine: boolean) {
    if (fine) t.is(branchRef(branch), `refs/heads/${branch}`);
    else t.throws(() => branchRef(branch), { name: 'PermanentError' });
  },
  title: (_, branch, fine) => `branchRef() ${fine ? 'takes' : 'refuses'} ${JSON.stringify(branch)}`,
});

for (const branch of ['main', 'release/1.0', 'ünï', 'a@b', 'a-b_c.d', '#1']) test(branches, branch, true);
for (const branch of [
  '',
  '-x',
  'a b',
  'a..b',
  'a^',
  'a:b',
  'a~1',
  '/a',
  'a/',
  'a//b',
  'a.lock',
  '@',
  'a@{1}',
  '.a',
  'a/.b',
  'a\n',
  '*',
  'a\\b',
]) {
  test(branches, branch, false);
}

test('coalesce() gives those who wait one further run, which begins after they asked', async t => {
  const runs: PromiseWithResolvers<number>[] = [];
  const ask = coalesce(() => {
    const run = Promise.withResolvers<number>();
    runs.push(run);
    return run.promise;
  });
  const [first, second, third] = [ask(), ask(), ask()];
  t.is(runs.length, 1);
  runs[0]?.reject(new Error('down'));
  await t.throwsAsync(first, { message: 'down' });
  t.is(runs.length, 2);
  const fourth = ask();
  runs[1]?.resolve(2);
  t.deepEqual(await Promise.all([second, third]), [2, 2]);
  runs[2]?.resolve(3);
  t.is(await fourth, 3);
  t.is(runs.length, 3);
});
