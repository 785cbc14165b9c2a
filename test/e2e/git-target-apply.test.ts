import { access, chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createGitTarget } from '../../shared/adapters/targets/git/git-target.ts';
import { targetContract } from '../contracts/target.ts';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { digest, imageOf, orderOf, service } from '../helpers/git-repository-orders.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

type Apply = NonNullable<Parameters<typeof createGitTarget>[0]['apply']>;

const SECRET = 'the-key-to-everything';
const BAD = digest(13);
const WEB = { 'web.yaml': 'image: ghcr.io/acme/web:v1\n' };

/**
 * Stands in for kubectl: takes every file it is given into the folder "cluster", but none that names the bad digest,
 * and none at all while there is a file "down". Its arguments and its environment go to files too.
 */
const kubectl = (folder: string) => `#!/bin/sh
echo "$*" >> '${folder}/calls'; env > '${folder}/environment'
if [ -e '${folder}/down' ]; then
  echo 'error when applying patch:' >&2; echo '{"data":{"password":"b64"}}' >&2
  echo 'connection refused for ${SECRET}' >&2; exit 1
fi
if [ -e '${folder}/slow' ]; then sleep 30; fi
failed=0
while [ $# -gt 0 ]; do
  if [ "$1" = -f ]; then
    if grep -q ${BAD} "$2"; then echo "error: $2 is invalid" >&2; failed=1
    else mkdir -p "${folder}/cluster/$(dirname "$2")"; cp "$2" "${folder}/cluster/$2"; fi
    shift
  fi
  shift
done
exit $failed
`;

/** A real repository with these files, and targets that apply what they commit with the stand-in. */
async function place(t: ExecutionContext, files: Readonly<Record<string, string>> = WEB) {
  const repository = await createGitRepository(t);
  await repository.grow([{ name: 'manifests', files }]);
  await repository.branch('main', 'manifests');
  const [folder, root] = [await temporaryFolder(t), await temporaryFolder(t)];
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'kubectl'), kubectl(folder));
  await chmod(join(bin, 'kubectl'), 0o755);
  const PATH = [bin, process.env['PATH']].join(delimiter);
  const author = { name: 'headway', email: 'headway@example.com' };
  const redact = (text: string) => text.replaceAll(SECRET, '***');
  const text = (name: string) => readFile(join(folder, name), 'utf8').catch(() => undefined);
  const put = (name: string) => writeFile(join(folder, name), '');
  const open = (more: Partial<Apply> = {}, { path = PATH, url = repository.path, kept = root } = {}) => {
    const environment = { PATH: path, HOME: folder, TOKEN: SECRET, KUBECONFIG: 'mine' };
    const apply = { redact, pause: 0, ...more };
    return createGitTarget({
      url,
      branch: 'main',
      files: ['**/*.yaml'],
      author,
      root: kept,
      log,
      environment,
      apply,
    });
  };
  return {
    repository,
    folder,
    open,
    put,
    root,
    target: open(),
    calls: async () => ((await text('calls')) ?? '').trim().split('\n'),
    environment: async () => (await text('environment')) ?? '',
    remove: (name: string) => rm(join(folder, name)),
    applied: async (name: string) => /@(\S+)/.exec((await text(`cluster/${name}`)) ?? '')?.[1],
    written: async (name: string) => /@(\S+)/.exec(await repository.git('show', `main:${name}`))?.[1],
  };
}

type Place = Awaited<ReturnType<typeof place>>;
const deploy = ({ target }: Pick<Place, 'target'>, name: string, wanted: string) =>
  target.deploy(orderOf(name, wanted), AbortSignal.timeout(60_000));
const observe = ({ target }: Pick<Place, 'target'>, name: string) =>
  target.observe(name, service(name), imageOf(name));

targetContract(test, 'createGitTarget() with apply', async t => {
  const { repository, target, open, applied, calls } = await place(t);
  return {
    target,
    name: 'web',
    service: service('web'),
    image: imageOf('web'),
    before: 'updating',
    digests: { v1: digest(1), v2: digest(2), bad: BAD },
    there: () => applied('web.yaml'),
    trace: async () => [await repository.git('rev-parse', 'main'), await calls()],
    takeOver: async () => {
      const files = { 'web.yaml': `image: ghcr.io/acme/web@${digest(99)}\n` };
      await repository.grow([{ name: 'mine', parents: ['manifests'], files }]);
      await repository.branch('main', 'mine');
    },
    listed: true,
    unreachable: open({}, { url: join(repository.path, 'nowhere') }),
    close: async () => {},
  };
});

test('createGitTarget() has kubectl apply the changed files of its commit, and no others', async t => {
  const here = await place(t, {
    'a/web.yaml': 'image: ghcr.io/acme/web:v1\n',
    'b, "c"/web.yaml': '# \uFEFFünicode\nimage: ghcr.io/acme/web:v1\n',
    'a/api.yaml': 'image: ghcr.io/acme/api:v1\n',
  });
  const target = here.open({ kubeconfig: '/etc/kube config', context: 'prod' });
  await deploy({ target }, 'web', digest(1));
  const [call, ...more] = await here.calls();
  t.is(
    call,
    'apply --kubeconfig /etc/kube config --context prod -f ./a/web.yaml -f "./b, ""c""/web.yaml"',
    'kubectl reads a list of comma-separated values',
  );
  t.deepEqual(more, []);
  t.is(await here.applied('a/web.yaml'), digest(1));
  const environment = await here.environment();
  t.regex(environment, new RegExp(`^KUBECONFIG=${join(process.cwd(), 'mine')}$`, 'm'));
  t.notRegex(environment, /TOKEN/, 'nothing of headway that kubectl does not need');
});

test("createGitTarget() is unhealthy in kubectl's last words, without secrets, until applying succeeds at a look", async t => {
  const here = await place(t);
  await here.put('down');
  t.like(await deploy(here, 'web', digest(1)), { kind: 'accepted' });
  t.is(await here.written('web.yaml'), digest(1), 'it is pushed');
  const seen = await observe(here, 'web');
  t.is(seen.state, 'unhealthy');
  t.regex(
    'reason' in seen ? seen.reason : '',
    /^Cannot apply web\.yaml of commit \w{7}: "kubectl" exited with 1; it said: error when applying patch:\n\{…\}\nconnection refused for \*\*\*$/,
  );
  await here.remove('down');
  t.deepEqual(await observe(here, 'web'), { state: 'running', digest: digest(1) });
  t.is(await here.applied('web.yaml'), digest(1));
});

test('createGitTarget() tries again at the next deploy, and at a look only after a pause', async t => {
  const here = await place(t);
  const target = here.open({ pause: 60_000 }, { kept: await temporaryFolder(t) });
  await here.put('down');
  await deploy({ target }, 'web', digest(1));
  await here.remove('down');
  t.is((await observe({ target }, 'web')).state, 'unhealthy');
  t.is((await here.calls()).length, 1);
  await deploy({ target }, 'web', digest(1));
  t.deepEqual(await observe({ target }, 'web'), { state: 'running', digest: digest(1) });
});

test('createGitTarget() applies at the next deploy what a crash left pushed and not applied', async t => {
  const here = await place(t);
  await deploy(here, 'web', digest(1));
  const lost = here.open({}, { kept: await temporaryFolder(t) });
  const seen = await observe({ target: lost }, 'web');
  t.deepEqual(seen, { state: 'unhealthy', reason: 'web.yaml of branch main was not applied yet' });
  t.is((await here.calls()).length, 1, 'what headway never began here, a look does not begin');
  t.like(await deploy({ target: lost }, 'web', digest(1)), { kind: 'accepted' });
  t.deepEqual(await observe({ target: lost }, 'web'), { state: 'running', digest: digest(1) });
  t.is((await here.calls()).length, 2);
});

test('createGitTarget() remembers over a restart what was applied', async t => {
  const here = await place(t);
  await deploy(here, 'web', digest(1));
  const moved = await temporaryFolder(t);
  const [folder = ''] = await readdir(here.root);
  await symlink(join(here.root, folder), join(moved, folder));
  const restarted = here.open({}, { kept: moved });
  t.deepEqual(await observe({ target: restarted }, 'web'), { state: 'running', digest: digest(1) });
  await deploy({ target: restarted }, 'web', digest(1));
  t.is((await here.calls()).length, 1);
});

test('createGitTarget() lists what was not applied as declared, and not as running', async t => {
  const here = await place(t, { ...WEB, 'api.yaml': 'image: ghcr.io/acme/api:v1\n' });
  await deploy(here, 'api', digest(2));
  await deploy(here, 'web', BAD);
  const found = await here.target.list(AbortSignal.timeout(60_000));
  t.deepEqual(
    found.map(({ workload, image, digest: runs }) => [workload, image.digest, runs]),
    [
      ['api', digest(2), digest(2)],
      ['web', BAD, undefined],
    ],
  );
});

test('createGitTarget() takes back a file that failed in part, though it was applied before', async t => {
  const here = await place(t);
  await deploy(here, 'web', digest(1));
  await deploy(here, 'web', BAD);
  t.is((await observe(here, 'web')).state, 'unhealthy');
  await deploy(here, 'web', digest(1));
  t.deepEqual(await observe(here, 'web'), { state: 'running', digest: digest(1) });
  t.is((await here.calls()).at(-1), 'apply -f ./web.yaml');
});

test('createGitTarget() lets no bad file keep the others of a commit from being applied', async t => {
  const here = await place(t, { ...WEB, 'api.yaml': 'image: ghcr.io/acme/api:v1\n' });
  await Promise.all([deploy(here, 'web', BAD), deploy(here, 'api', digest(2))]);
  t.deepEqual(await observe(here, 'api'), { state: 'running', digest: digest(2) });
  t.regex(JSON.stringify(await observe(here, 'web')), /unhealthy.*error: \.\/web\.yaml is invalid/);
});

test('createGitTarget() says so when there is no kubectl, and when it hangs', async t => {
  const here = await place(t);
  const nothing = join(here.folder, 'nothing');
  await mkdir(nothing);
  await symlink(await pathOf('git'), join(nothing, 'git'));
  const without = here.open({}, { path: nothing, kept: await temporaryFolder(t) });
  await deploy({ target: without }, 'web', digest(1));
  t.regex(
    JSON.stringify(await observe({ target: without }, 'web')),
    /unhealthy.*Cannot apply web.yaml of commit \w+: there is no program \\"kubectl\\" on the PATH; install it/,
  );
  await here.put('slow');
  const hasty = here.open({ patience: 200, pause: 60_000 }, { kept: await temporaryFolder(t) });
  await deploy({ target: hasty }, 'web', digest(1));
  t.regex(JSON.stringify(await observe({ target: hasty }, 'web')), /unhealthy.*took too long and was ended/);
});

async function pathOf(program: string): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, program);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw new Error(`Cannot find ${program}`);
}
