import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { createGitTarget } from '../../shared/adapters/targets/git/git-target.ts';
import { createGitRepository, type GitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { digest, orderOf } from '../helpers/git-repository-orders.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

const DEPLOYER = fileURLToPath(new URL('../helpers/git-repository-deployer.ts', import.meta.url));
const author = { name: 'headway', email: 'headway@example.com' };
const signal = AbortSignal.timeout(100_000);

async function place(t: ExecutionContext, names: readonly string[]) {
  const repository = await createGitRepository(t);
  const files = names.map(name => [`${name}.yaml`, `image: ghcr.io/acme/${name}:v1\n`] as const);
  await repository.grow([{ name: 'manifests', files: Object.fromEntries(files) }]);
  await repository.branch('main', 'manifests');
  const open = (root: string) =>
    createGitTarget({ url: repository.path, branch: 'main', files: ['*.yaml'], author, root, log });
  const root = await temporaryFolder(t);
  return { repository, open, root, target: open(root) };
}

function deployer(repository: GitRepository, root: string, name: string, count: number): ChildProcess {
  const args = [DEPLOYER, repository.path, root, name, String(count)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('createGitTarget() loses no deploy when two processes race for one branch', async t => {
  const { repository } = await place(t, ['web', 'api']);
  const children = ['web', 'api'].map(async name => {
    const child = deployer(repository, await temporaryFolder(t), name, 6);
    const [code] = await once(child, 'close');
    return code;
  });
  t.deepEqual(await Promise.all(children), [0, 0]);
  for (const name of ['web', 'api']) {
    t.is(await repository.git('show', `main:${name}.yaml`), `image: ghcr.io/acme/${name}@${digest(6)}\n`);
  }
  t.is((await repository.git('rev-list', '--count', 'main')).trim(), '13');
});

test('createGitTarget() goes on from the remote after a process that was killed half way', async t => {
  const { repository, open, root } = await place(t, ['web']);
  for (let kills = 0; kills < 3; kills += 1) {
    const child = deployer(repository, root, 'web', 1_000);
    // A line tells that one deploy has ended: the next is under way.
    if (child.stdout !== null) await once(createInterface(child.stdout), 'line');
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  t.is((await open(root).deploy(orderOf('web', digest(0xfff)), signal)).kind, 'accepted');
  t.is(await repository.git('show', 'main:web.yaml'), `image: ghcr.io/acme/web@${digest(0xfff)}\n`);
});

test('createGitTarget() does not bring back what was removed from the branch meanwhile', async t => {
  const { repository, target } = await place(t, ['web', 'api']);
  await target.deploy(orderOf('web', digest(1)), signal);
  // A hook sets the branch back in the very moment of the next push, as a person with a forced push would.
  const hook = join(repository.path, 'hooks/pre-receive');
  const git = 'env -u GIT_QUARANTINE_PATH git';
  await writeFile(hook, `#!/bin/sh\nrm "$0"\n${git} update-ref refs/heads/main refs/building/manifests\n`);
  await chmod(hook, 0o755);
  t.is((await target.deploy(orderOf('api', digest(2)), signal)).kind, 'accepted');
  t.is(await repository.git('show', 'main:web.yaml'), 'image: ghcr.io/acme/web:v1\n');
  t.is(await repository.git('show', 'main:api.yaml'), `image: ghcr.io/acme/api@${digest(2)}\n`);
});

test('createGitTarget() tells what the remote says when it refuses a push', async t => {
  const { repository, target } = await place(t, ['web']);
  const hook = join(repository.path, 'hooks/pre-receive');
  await writeFile(hook, '#!/bin/sh\necho "main is frozen" >&2\nexit 1\n');
  await chmod(hook, 0o755);
  const answer = await target.deploy(orderOf('web', digest(1)), signal);
  t.true(
    answer.kind === 'failed' && /hook declined.*main is frozen/.test(answer.reason),
    JSON.stringify(answer),
  );
});

test('createGitTarget() lets the others land when one order of a batch is given up', async t => {
  const { repository, target } = await place(t, ['web', 'api']);
  const giveUp = new AbortController();
  const web = target.deploy(orderOf('web', digest(1)), giveUp.signal);
  const api = target.deploy(orderOf('api', digest(1)), signal);
  giveUp.abort(new Error('given up'));
  await t.throwsAsync(web, { message: 'given up' });
  t.is((await api).kind, 'accepted');
  t.is(await repository.git('show', 'main:web.yaml'), 'image: ghcr.io/acme/web:v1\n');
  t.is(await repository.git('show', 'main:api.yaml'), `image: ghcr.io/acme/api@${digest(1)}\n`);
});

test('createGitTarget() writes to a repository on this machine that another user owns', async t => {
  if (process.getuid?.() !== 0) {
    t.log('skipped: only root can give files to another user');
    t.pass();
    return;
  }
  const { repository, target } = await place(t, ['web']);
  for (const path of ['.', ...(await readdir(repository.path, { recursive: true }))]) {
    await chown(join(repository.path, path), 1234, 1234);
  }
  t.is((await target.deploy(orderOf('web', digest(1)), signal)).kind, 'accepted');
});
