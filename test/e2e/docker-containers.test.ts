import { randomBytes } from 'node:crypto';
import test from 'ava';
import { containersContract } from '../contracts/containers.ts';
import { buildContext } from '../helpers/build-context.ts';
import { openDockerContainers } from '../helpers/docker-containers.ts';
import { docker } from '../helpers/headway-image.ts';

containersContract(test, 'docker', openDockerContainers);

const belongs = test.macro(async (t, user: string) => {
  const place = await openDockerContainers(t);
  if (place === undefined) {
    t.pass();
    return;
  }
  const Dockerfile = `FROM ${place.image}\nCOPY passwd /etc/\nUSER ${user}\n`;
  const passwd = 'root:x:0:0::/:/bin/sh\nmaker:x:1234:100::/:/bin/sh\n';
  const image = `headway-user-${randomBytes(4).toString('hex')}`;
  await docker('build', '--tag', image, await buildContext(t, { Dockerfile, passwd }));
  t.teardown(() => docker('rmi', '--force', image));
  const from = await buildContext(t, { 'deep/plain': '', run: { program: '#!/bin/sh\ntouch deep/made\n' } });
  const script = 'stat -c "%a %n" deep deep/plain run; echo more >> deep/plain && ./run && ls deep';
  const lines: string[] = [];
  const order = { image, command: ['sh', '-c', script], folders: { '/put': from }, timeout: 60_000 };
  const end = await place.containers.run(
    { ...order, workingDirectory: '/put' },
    line => lines.push(line),
    AbortSignal.timeout(60_000),
  );
  t.deepEqual(lines, ['755 deep', '644 deep/plain', '755 run', 'made', 'plain']);
  t.deepEqual(end, { kind: 'exited', code: 0 });
});
test('what is put into a container has the modes of a commit, and is its own: root', belongs, '0');
test('what is put into a container has the modes of a commit, and is its own: a number', belongs, '7:8');
test('what is put into a container has the modes of a commit, and is its own: a name', belongs, 'maker');
test(
  'what is put into a container has the modes of a commit, and is its own: a large number',
  belongs,
  '1000660000',
);
