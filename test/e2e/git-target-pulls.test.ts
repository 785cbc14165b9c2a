import test, { type ExecutionContext } from 'ava';
import { createHttp } from '../../shared/adapters/http/http.ts';
import { createGitTarget } from '../../shared/adapters/targets/git/git-target.ts';
import { createPulls } from '../../shared/adapters/targets/git/pulls/create-pulls.ts';
import { servePulls, TOKEN } from '../helpers/forge-servers/pulls-server.ts';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { digest, imageOf, orderOf, service } from '../helpers/git-repository-orders.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

const BRANCH = 'headway/cluster';
const http = createHttp({ userAgent: 'headway' });

/** A real repository with two manifests, behind a forge's API. */
async function place(t: ExecutionContext, forge: 'github' | 'gitlab' | 'gitea' = 'github') {
  const repository = await createGitRepository(t);
  const names = ['web', 'api'];
  const files = names.map(name => [`${name}.yaml`, `image: ghcr.io/acme/${name}:v1\n`] as const);
  await repository.grow([{ name: 'manifests', files: Object.fromEntries(files) }]);
  await repository.branch('main', 'manifests');
  const server = await servePulls(t, forge, repository);
  const root = await temporaryFolder(t);
  const open = async ({ token = TOKEN, root: folder = root } = {}) => {
    const pulls = createPulls({ forge, url: `${server.origin}/acme/app.git`, token, http });
    const author = { name: 'headway', email: 'headway@example.com' };
    const pullRequest = { branch: BRANCH, pulls };
    return createGitTarget({
      url: repository.path,
      branch: 'main',
      files: ['*.yaml'],
      author,
      root: folder,
      log,
      pullRequest,
    });
  };
  const target = await open();
  const deploy = (name: string, version: number) =>
    target.deploy(orderOf(name, digest(version)), AbortSignal.timeout(60_000));
  const observe = (name: string, version: number) =>
    target.observe(name, service(name), { ...imageOf(name), digest: digest(version) });
  const image = async (branch: string, name: string) =>
    /image: ghcr\.io\/acme\/\w+[:@](\S+)/.exec(await repository.git('show', `${branch}:${name}.yaml`))?.[1];
  const branches = async () =>
    (await repository.git('for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads')).trim().split('\n');
  return { repository, server, open, target, deploy, observe, image, branches };
}

const FORGES = [
  ['github', 'merge'],
  ['gitlab', 'squash'],
  ['gitea', 'merge'],
] as const;

for (const [forge, how] of FORGES) {
  test(`createGitTarget() keeps one pull request at ${forge} for all that is not merged yet (${how})`, async t => {
    const { server, deploy, observe, image, branches } = await place(t, forge);
    t.deepEqual(await deploy('web', 1), { kind: 'accepted', note: 'pull request https://forge/1' });
    t.is(await image('main', 'web'), 'v1', 'nothing is committed on the branch');
    t.deepEqual(await observe('web', 1), {
      state: 'updating',
      reason: 'pull request https://forge/1 is to be merged',
    });
    await deploy('api', 2);
    await deploy('web', 3);
    t.is(await image(BRANCH, 'web'), digest(3));
    t.is(await image(BRANCH, 'api'), digest(2));
    const [pull, ...more] = server.pulls;
    t.like(pull, {
      head: BRANCH,
      base: 'main',
      state: 'open',
      title: 'Deploy web ccccccc (000000000000) and 1 more',
    });
    t.regex(pull?.body ?? '', new RegExp(`- api .*\\n[^]*Headway-Image: ghcr.io/acme/web@${digest(3)}`));
    t.deepEqual(more, []);
    await server.merge(how);
    t.deepEqual(await observe('web', 3), { state: 'running', digest: digest(3) });
    t.deepEqual(await observe('api', 2), { state: 'running', digest: digest(2) });
    t.deepEqual(
      await deploy('api', 4),
      { kind: 'accepted', note: 'pull request https://forge/2' },
      'headway knows its own digests',
    );
    t.is(await image(BRANCH, 'web'), digest(3));
    t.deepEqual(await branches(), [BRANCH, 'main']);
  });
}

test('createGitTarget() changes nothing when what it proposed is asked for again, also after a restart', async t => {
  const { repository, server, open, deploy } = await place(t);
  await deploy('web', 1);
  const trace = async () => [
    await repository.git('rev-parse', BRANCH),
    server.asked.filter(({ method }) => method !== 'GET').length,
  ];
  const before = await trace();
  const restarted = await open({ root: await temporaryFolder(t) });
  const again = await restarted.deploy(orderOf('web', digest(1)), AbortSignal.timeout(60_000));
  t.deepEqual(again, { kind: 'accepted', note: 'pull request https://forge/1' });
  t.deepEqual(await trace(), before);
});

test('createGitTarget() proposes on top of what others pushed, and withdraws what is no longer wanted', async t => {
  const { repository, server, deploy, image, branches } = await place(t);
  await deploy('web', 1);
  await deploy('api', 2);
  await repository.grow([
    {
      name: 'others',
      parents: ['manifests'],
      files: { 'web.yaml': `image: ghcr.io/acme/web@${digest(1)}\n` },
    },
  ]);
  await repository.branch('main', 'others');
  await deploy('api', 3);
  t.is((await repository.git('rev-list', '--count', `main..${BRANCH}`)).trim(), '1');
  t.is(await image(BRANCH, 'api'), digest(3));
  t.regex(server.pulls[0]?.title ?? '', /^Deploy api/);
  await repository.grow([
    { name: 'done', parents: ['others'], files: { 'api.yaml': `image: ghcr.io/acme/api@${digest(3)}\n` } },
  ]);
  await repository.branch('main', 'done');
  t.deepEqual(await deploy('api', 3), { kind: 'accepted', note: 'branch main says so already' });
  t.is(server.pulls[0]?.state, 'closed');
  t.deepEqual(await branches(), ['main']);
});

test('createGitTarget() takes a closed pull request for a no to its digests, and to no others', async t => {
  const { server, deploy, observe } = await place(t);
  await deploy('web', 1);
  const [pull] = server.pulls;
  if (pull !== undefined) pull.state = 'closed';
  const reason =
    /^pull request https:\/\/forge\/1 was closed without merging; reopen it, or delete branch "headway\/cluster"/;
  const answer = await deploy('web', 1);
  t.true(answer.kind === 'held' && reason.test(answer.reason), JSON.stringify(answer));
  const seen = await observe('web', 1);
  t.true(seen.state === 'held' && reason.test(seen.reason), JSON.stringify(seen));
  t.deepEqual(await deploy('web', 2), { kind: 'accepted', note: 'pull request https://forge/2' });
});

test('createGitTarget() leaves a branch that a person has pushed to alone', async t => {
  const { repository, deploy } = await place(t);
  await deploy('web', 1);
  await repository.grow([{ name: 'mine', parents: ['manifests'], files: { 'notes.txt': 'mine' } }]);
  await repository.branch(BRANCH, 'mine');
  const answer = await deploy('web', 2);
  t.deepEqual(answer, {
    kind: 'held',
    reason: `a person has pushed to branch "${BRANCH}"; merge or delete it`,
  });
  t.regex(await repository.git('log', '-1', '--format=%s', BRANCH), /^mine/);
});

test('createGitTarget() says what is wrong with the token, and throws for a forge that is down', async t => {
  const { server, open, deploy } = await place(t);
  const refused = await open({ token: 'wrong', root: await temporaryFolder(t) });
  const answer = await refused.deploy(orderOf('web', digest(1)), AbortSignal.timeout(60_000));
  t.true(
    answer.kind === 'failed' && /answered 401 \(Bad credentials\); give the token/.test(answer.reason),
    JSON.stringify(answer),
  );
  server.before(() => ({ status: 500 }));
  await t.throwsAsync(deploy('web', 1), { message: /answered 500; it may work later/ });
});
