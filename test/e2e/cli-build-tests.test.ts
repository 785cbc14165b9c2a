import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { dockerLab } from '../helpers/docker-lab.ts';
import { createGitRepository } from '../helpers/git-repository.ts';
import { runHeadway } from '../helpers/host-process.ts';
import { need } from '../helpers/need.ts';
import { removeImages } from '../helpers/remove-images.ts';

test('headway build gives an image its name, and its branch, once all its tests have passed and never before', async t => {
  const place = await open(t);
  if (place === undefined) {
    t.pass();
    return;
  }
  const { run, tags, commit } = place;
  const { code, out } = await run();
  t.is(code, 1);
  t.deepEqual(
    JSON.parse(out).images.map(({ name, action }: { name: string; action: string }) => `${name} ${action}`),
    ['good built', 'bad failed', 'late failed'],
  );
  t.regex(
    JSON.parse(out).images[1].reason,
    /^Test ".*" of ".*\/bad:[0-9a-f]{40}" failed: .*exit code 3.*\nnot good$/,
  );
  t.deepEqual(await tags('good'), ['2030.1-main', commit]);
  t.deepEqual(await tags('bad'), []);
  t.deepEqual(await tags('late'), []);
});

/** A stack whose tests are programs of its images: in `test` before the push, in `integration_tests` after it. */
async function open(t: ExecutionContext) {
  const lab = dockerLab(t);
  const base = need('LAB_BASE_IMAGE');
  if (lab === undefined || base === undefined) {
    t.log('skipped: needs an image with a shell (LAB_BASE_IMAGE)');
    return undefined;
  }
  const prefix = `${lab.registry}/test/${randomUUID()}`;
  // It is what `python -m pytest` runs.
  const python = (word: string) =>
    `FROM ${base}\nRUN mkdir -p /usr/bin && printf '#!/bin/sh\\ncd ..; for f in */*/check */check; do [ ! -f "$f" ] || sh "$f" || exit $?; done\\n' > /bin/python && chmod +x /bin/python && echo ${word}\n`;
  const spec =
    'images:\n  good: {integration_tests: true}\n  bad: {}\n  late: {integration_tests: true}\ntag: {prefix: "2030.1"}\n';
  const files = {
    'images/spec.yml': spec,
    ...Object.fromEntries(['good', 'bad', 'late'].map(name => [`images/${name}/Dockerfile`, python(name)])),
    'images/good/test/check': 'exit 0\n',
    'images/good/integration_tests/check': 'exit 0\n',
    'images/bad/test/check': 'echo not good; exit 3\n',
    'images/late/test/check': 'exit 0\n',
    'images/late/integration_tests/check': 'exit 4\n',
  };
  const repository = await createGitRepository(t);
  const { first: commit = '' } = await repository.grow([{ name: 'first', files }]);
  await repository.branch('main', 'first');
  const label = [`org.opencontainers.image.revision=${commit}`];
  t.teardown(async () => removeImages(await lab.engine.client(), { label }));
  const registry = createRegistryClient({ credentials: async () => undefined });
  return {
    commit,
    run: () =>
      runHeadway(
        ['build', '--json', '--folder', repository.path, '--push-to', prefix, '--builder', 'docker'],
        {
          cwd: repository.path,
          environment: { DOCKER_HOST: process.env['DOCKER_HOST'] ?? '' },
        },
      ),
    async tags(name: string) {
      const [host = '', ...path] = `${prefix}/${name}`.split('/');
      const wanted = ['2030.1-main', commit];
      const found = await Promise.all(
        wanted.map(tag => registry.head({ registry: host, repository: path.join('/'), tag })),
      );
      return wanted.filter((_, at) => found[at] !== undefined);
    },
  };
}
