import { randomBytes, randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { unlessMissing } from '../../shared/adapters/docker/failures.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { dockerLab } from '../helpers/docker-lab.ts';
import { createGitRepository } from '../helpers/git-repository.ts';
import { readAll, readApi, untilSettled } from '../helpers/host-process-checks.ts';
import { startExample } from '../helpers/host-process-example.ts';
import { need } from '../helpers/need.ts';
import { removeImages } from '../helpers/remove-images.ts';

const SECRET = 'secret-of-the-forge';
const IMAGES = ['datascience', 'rstudio', 'scipy-ml', 'sql', 'docs'];
type Build = {
  readonly image: string;
  readonly commit: string;
  readonly status: string;
  readonly carries?: string;
  readonly lastError?: string;
};

const client = createRegistryClient({ credentials: async () => undefined });

test("a stack like DataHub's is built, tested, pushed, described and promoted, as its repository is (DH-5, DH-6, DH-24)", async t => {
  t.timeout(8 * 60_000);
  const place = await openPlace(t);
  if (place === undefined) return;
  const { commits, digestOf, start } = place;
  const { host, push, builds, file, run } = await start();

  await push('c0', 'main');
  t.deepEqual(await builds('c0'), IMAGES.map(image => `${image}: succeeded`).toSorted());
  for (const image of IMAGES) {
    const digest = await digestOf(image, commits['c0'] ?? '');
    t.truthy(digest, `${image} is there under its commit`);
    t.is(await digestOf(image, '2099.1-main'), digest, 'the tag of its branch has it');
  }
  t.regex(await file('rstudio', 'c0', /^manifests\/.*\.md$/), /## Words\n\n```\nhello from rstudio\n```/);
  t.regex(await file('rstudio', 'c0', /^logs\/.*\.basic-tests\.log$/), /common test of .*rstudio/);
  t.regex(await file('sql', 'c0', /^logs\/.*\.integration-tests\.log$/), /integration test of sql/);
  t.regex(await file('sql', 'c0', /^artifacts\/.*\.yaml$/), /success: true/);
  const candidate = `candidate-${commits['c0']}`;
  t.is(await place.inEngine('rstudio', candidate), true);
  t.is(await place.inEngine('docs', candidate), false, 'prune: the engine has forgotten it');

  // A branch: everything at first, then what changed.
  await push('c1', 'Fix_#12');
  t.deepEqual(await builds('c1'), IMAGES.map(image => `${image}: succeeded`).toSorted());
  t.is(await digestOf('sql', '2099.1-Fix_-12'), await digestOf('sql', commits['c1'] ?? ''));
  await push('c2', 'Fix_#12');
  t.deepEqual(
    await builds('c2'),
    IMAGES.map(image => (image === 'sql' ? 'sql: succeeded' : `${image}: carried`)).toSorted(),
  );
  t.is(await digestOf('docs', '2099.1-Fix_-12'), await digestOf('docs', commits['c1'] ?? ''));
  t.not(await digestOf('sql', '2099.1-Fix_-12'), await digestOf('sql', commits['c1'] ?? ''));

  // A test that fails: no name that anybody follows.
  await push('c3', 'Fix_#12');
  const third = await builds('c3');
  t.true(third.includes('rstudio: failed'), third.join(', '));
  t.is(await digestOf('rstudio', commits['c3'] ?? ''), undefined);
  t.is(await digestOf('rstudio', '2099.1-Fix_-12'), await digestOf('rstudio', commits['c1'] ?? ''));
  const failed = (await readAll<Build>(host.url, 'builds?')).find(({ status }) => status === 'failed');
  t.regex(failed?.lastError ?? '', /Test "sh .*" of ".*rstudio:.*" failed: .*\n.*it is broken/s);

  // The stack as a whole.
  const promoted = await run('promote', '2099.1-main', '--skip-gate', 'gpu', '--why', 'no GPU here');
  t.is(promoted.code, 0, promoted.out + promoted.err);
  for (const image of IMAGES) {
    t.is(await digestOf(image, '2099.1-stable'), await digestOf(image, commits['c0'] ?? ''));
  }
});

async function openPlace(t: ExecutionContext) {
  const lab = dockerLab(t);
  const base = need('LAB_BASE_IMAGE');
  if (lab === undefined || base === undefined) {
    t.pass();
    return undefined;
  }
  const prefix = `${lab.registry}/stack-${randomBytes(4).toString('hex')}`;
  const repository = await createGitRepository(t);
  const wiki = await createGitRepository(t);
  const grown = await repository.grow([
    { name: 'c0', files: stackFiles({ prefix, base }) },
    { name: 'c1', parents: ['c0'], files: { ...stackFiles({ prefix, base }), 'images/docs/page': 'two\n' } },
    {
      name: 'c2',
      parents: ['c1'],
      files: { ...stackFiles({ prefix, base }), 'images/docs/page': 'two\n', 'images/sql/page': 'two\n' },
    },
    {
      name: 'c3',
      parents: ['c2'],
      files: {
        ...stackFiles({ prefix, base }),
        'images/docs/page': 'two\n',
        'images/sql/page': 'two\n',
        'images/rstudio/test/own.sh': 'echo it is broken; exit 1\n',
      },
    },
  ]);
  const docker = await lab.engine.client();
  t.teardown(() => removeImages(docker, { reference: [`${prefix}/*`] }));
  const digestOf = async (image: string, tag: string) => {
    const [registry = '', ...path] = `${prefix}/${image}`.split('/');
    return (await client.head({ registry, repository: path.join('/'), tag }))?.digest;
  };

  async function start() {
    const host = await startExample(t, 'stack', {
      addresses: {
        'https://github.com/ucsd-ets/datahub-docker-stack.git': repository.path,
        'https://github.com/ucsd-ets/datahub-docker-stack.wiki.git': wiki.path,
        '    credentials: { username: datahub-bot, password: env://WIKI_TOKEN }\n': '',
        'ghcr.io/ucsd-ets': prefix,
        '  ghcr.io: { username: datahub-bot, password: env://GHCR_TOKEN }\n': '  {}\n',
        '[python, -m, pytest, -x]': `[sh, -c, 'for test in */*.sh; do sh -e $test || exit 1; done']`,
        'scipy-ml-notebook': 'scipy-ml',
        'file://gpu-key': 'env://GPU_KEY',
        'file://known_hosts': 'env://KNOWN_HOSTS',
      },
      environment: {
        GITHUB_WEBHOOK_SECRET: SECRET,
        GPU_KEY: 'no key',
        KNOWN_HOSTS: 'no host',
        DOCKER_HOST: process.env['DOCKER_HOST'],
      },
    });
    const heads: Record<string, string> = {};
    return {
      host,
      run: host.run,
      async push(name: string, branch: string) {
        const after = grown[name] ?? '';
        await repository.branch(branch, name);
        const before = heads[branch] ?? '0'.repeat(40);
        heads[branch] = after;
        const payload = {
          ref: `refs/heads/${branch}`,
          before,
          after,
          forced: false,
          deleted: false,
          commits: [],
          head_commit: {
            id: after,
            message: 'a change',
            timestamp: '2026-03-02T09:00:00Z',
            author: { name: 'Ada' },
          },
          repository: { clone_url: repository.path },
        };
        const body = JSON.stringify(payload);
        const status = await host.send({ kind: 'github', secret: SECRET, body, delivery: randomUUID() });
        t.is(status, 202);
        await untilSettled(host.url, 4 * 60_000);
      },
      async builds(name: string) {
        const all = await readAll<Build>(host.url, 'builds?');
        return all
          .filter(({ commit }) => commit === grown[name])
          .map(({ image, status, carries }) => `${image}: ${carries === undefined ? status : 'carried'}`)
          .toSorted();
      },
      async file(image: string, name: string, wanted: RegExp) {
        const at = `builds/${image}/${grown[name]}/files`;
        const listed = await readApi<{ items: readonly { folder: string; name: string }[] }>(host.url, at);
        const path = listed?.items
          .map(({ folder, name }) => `${folder}/${name}`)
          .find(found => wanted.test(found));
        t.truthy(path, `${image} has ${wanted}: ${JSON.stringify(listed)}`);
        return (await fetch(`${host.url}/api/v1/${at}/${path}`)).text();
      },
    };
  }

  return {
    commits: grown,
    digestOf,
    start,
    inEngine: async (image: string, tag: string) =>
      (await unlessMissing(docker.getImage(`${prefix}/${image}:${tag}`).inspect())) !== undefined,
  };
}

/** A root and four children, as the real one has them, with shell scripts for tests. */
function stackFiles({ prefix, base }: { readonly prefix: string; readonly base: string }) {
  const children = IMAGES.slice(1);
  const spec = [
    'root: datascience',
    'images:',
    '  datascience:',
    '    image_name: IMAGE/datascience',
    '    info_cmds: [WORDS]',
    ...children.flatMap(image => [
      `  ${image}:`,
      `    image_name: IMAGE/${image}`,
      '    depend_on: datascience',
      `    build_args: { NAME: ${image} }`,
      '    info_cmds: [WORDS]',
      ...(image === 'sql' ? ['    integration_tests: true'] : []),
      ...(image === 'docs' ? ['    prune: true', '    prepull: false'] : []),
    ]),
    'tag:',
    "  prefix: '2099.1'",
    'all_info_cmds:',
    '  WORDS: { description: Words, command: cat /words }',
    '',
  ].join('\n');
  return {
    'README.md': 'a stack\n',
    'images/spec.yml': spec.replaceAll('IMAGE', prefix),
    'images/change_ignore.json': '{"BuildAll": ["tests_common", "spec.yml"], "ChangeIgnore": []}\n',
    'images/tests_common/common.sh': 'echo "common test of $TEST_IMAGE"; test -s /words\n',
    'images/datascience/Dockerfile': `FROM ${base}\nRUN echo hello from the root > /words\n`,
    ...Object.fromEntries(
      children.flatMap(image => [
        [
          `images/${image}/Dockerfile`,
          `ARG BASE_TAG=latest\nFROM ${prefix}/datascience:$BASE_TAG\nARG NAME\nCOPY page /page\nRUN echo hello from $NAME > /words\n`,
        ],
        [`images/${image}/page`, 'one\n'],
        [`images/${image}/test/own.sh`, `grep -q ${image} /words\n`],
      ]),
    ),
    'images/sql/integration_tests/all.sh': 'echo integration test of sql\n',
  };
}
