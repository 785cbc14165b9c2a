import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createCommandTarget } from '../../shared/adapters/targets/command/command-target.ts';
import { targetContract } from '../contracts/target.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { digest, imageOf, orderOf, service } from '../helpers/git-repository-orders.ts';

type More = Partial<Parameters<typeof createCommandTarget>[0]>;

const SECRET = 'the-key-to-everything';
const BAD = digest(13);

/** A folder in which programs run, and targets that run them. */
async function place(t: ExecutionContext) {
  const folder = await temporaryFolder(t);
  const script = async (name: string, lines: string) => {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\nset -eu\n${lines}\n`);
    await chmod(path, 0o755);
    return path;
  };
  const open = (run: readonly string[], more: More = {}) =>
    createCommandTarget({
      run,
      environment: {},
      redact: text => text.replaceAll(SECRET, '***'),
      folder,
      root: join(folder, 'kept'),
      outside: process.env,
      ...more,
    });
  const text = (name: string) => readFile(join(folder, name), 'utf8').catch(() => undefined);
  const signal = AbortSignal.timeout(60_000);
  return { folder, script, open, text, signal };
}

targetContract(test, 'createCommandTarget()', async t => {
  const { folder, script, open, text } = await place(t);
  const run = await script(
    'deploy',
    `echo "$DIGEST" >> runs; test "$DIGEST" != ${BAD} || { echo "no such image: $IMAGE" >&2; exit 1; }
    echo "$DIGEST" > running`,
  );
  const look = await script(
    'look',
    'if [ -e held ]; then echo "held: by hand"; elif [ -e running ]; then cat running; fi',
  );
  const broken = await script('broken', 'echo "connection refused" >&2; exit 75');
  return {
    target: open([run], { observe: [look] }),
    name: 'web',
    service: service('web'),
    image: imageOf('web'),
    before: 'absent',
    digests: { v1: digest(1), v2: digest(2), bad: BAD },
    there: async () => (await text('running'))?.trim(),
    trace: () => text('runs'),
    takeOver: () => writeFile(join(folder, 'held'), ''),
    listed: false,
    unreachable: open([broken], { observe: [broken] }),
    close: async () => {},
  };
});

test('createCommandTarget() gives a program what it deploys and nothing of headway but PATH and HOME', async t => {
  const { script, open, text, signal } = await place(t);
  const run = await script('deploy', 'env > "environment-$SERVICE"');
  const outside = { PATH: process.env['PATH'], HOME: '/root', TOKEN: 'of headway' };
  const target = open([run], { outside, environment: { REGION: 'eu', IMAGE: 'mine' } });
  const order = orderOf('web', digest(1));
  t.deepEqual(await target.deploy({ ...order, service: { ...order.service, workload: 'shop' } }, signal), {
    kind: 'accepted',
  });
  await target.deploy({ ...order, image: { ...order.image, digest: digest(2) } }, signal);
  const environment = (name: string) => text(name).then(found => variables(found ?? ''));
  const given = { PATH: process.env['PATH'], HOME: '/root', REGION: 'eu', COMMIT: 'c'.repeat(40) };
  t.deepEqual(await environment('environment-shop'), {
    ...given,
    IMAGE: `ghcr.io/acme/web@${digest(1)}`,
    DIGEST: digest(1),
    SERVICE: 'shop',
    PREVIOUS: '',
  });
  t.deepEqual(await environment('environment-web'), {
    ...given,
    IMAGE: `ghcr.io/acme/web@${digest(2)}`,
    DIGEST: digest(2),
    SERVICE: 'web',
    PREVIOUS: digest(1),
  });
});

test('createCommandTarget() knows after a restart what it deployed last, and runs again after a failure', async t => {
  const { script, open, text, folder, signal } = await place(t);
  const run = await script('deploy', `echo "$DIGEST" >> runs; test "$DIGEST" != ${BAD}`);
  const target = open([run]);
  const observe = (seen = open([run])) => seen.observe('web', service('web'), imageOf('web'));
  t.deepEqual(await observe(), { state: 'absent' });
  await target.deploy(orderOf('web', digest(1)), signal);
  t.deepEqual(await observe(), { state: 'running', digest: digest(1) });
  t.is((await open([run]).deploy(orderOf('web', BAD), signal)).kind, 'failed');
  t.deepEqual(await observe(), { state: 'running', digest: digest(1) });
  for (const _ of 'ab') t.is((await open([run]).deploy(orderOf('web', digest(1)), signal)).kind, 'accepted');
  t.deepEqual(
    (await text('runs'))?.trim().split('\n'),
    [digest(1), BAD, digest(1)],
    'what failed may have gone half-way',
  );
  t.deepEqual(await readdir(join(folder, 'kept/deployed')), ['web.json'], 'nothing is left half-written');
});

const fails = test.macro({
  async exec(t, lines: string, reason: RegExp) {
    const { script, open, signal } = await place(t);
    const run = await script('deploy', lines);
    const target = open([run, 'now'], { environment: { KEY: SECRET } });
    const answer = await target.deploy(orderOf('web', digest(1)), signal);
    t.is(answer.kind, 'failed');
    t.regex(answer.kind === 'failed' ? answer.reason : '', reason);
    t.false(JSON.stringify(answer).includes(SECRET));
  },
  title: (_, lines) => `createCommandTarget() says how this failed: ${lines}`,
});

test(fails, 'exit 3', /^Cannot deploy "web": ".*\/deploy" exited with 3 and wrote nothing$/);
test(
  fails,
  'echo "login with $KEY"; echo "no such host" >&2; exit 1',
  /exited with 1; it said: login with \*\*\*\nno such host$/,
);
test(fails, 'kill -9 $$', /was ended by SIGKILL/);
test(
  fails,
  'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "line $i of many"; done; exit 1',
  /it said: line 19991 .*\n(?:.*\n){8}line 20000 of many$/,
);

test('createCommandTarget() says which program is missing or may not be run', async t => {
  const { folder, open, signal } = await place(t);
  await writeFile(join(folder, 'plain'), '');
  const rows = [
    ['no-such-program', /there is no program "no-such-program" on the PATH/],
    [join(folder, 'plain'), /plain" may not be run; make it executable/],
  ] as const;
  for (const [program, reason] of rows) {
    const answer = await open([program]).deploy(orderOf('web', digest(1)), signal);
    t.true(answer.kind === 'failed' && reason.test(answer.reason), JSON.stringify(answer));
    const seen = await open(['true'], { observe: [program] }).observe('web', service('web'), imageOf('web'));
    t.true(seen.state === 'unknown' && reason.test(seen.reason), JSON.stringify(seen));
  }
});

test('createCommandTarget() ends a program with all that it started', async t => {
  const { script, open, text } = await place(t);
  const run = await script(
    'deploy',
    "trap '' TERM\n(trap '' TERM; while :; do sleep 1; done) &\necho $! > child; wait",
  );
  const stop = new AbortController();
  const deployed = open([run]).deploy(orderOf('web', digest(1)), stop.signal);
  const child = await until(async () => Number((await text('child'))?.trim()) || undefined);
  stop.abort(new Error('no longer wanted'));
  await t.throwsAsync(deployed, { message: 'no longer wanted' });
  await until(async () => (isAlive(child) ? undefined : true));
  t.pass();
});

test('createCommandTarget() does not wait for what a program leaves running', async t => {
  const { script, open, signal } = await place(t);
  const run = await script('deploy', 'sleep 30 & echo started');
  t.is((await open([run]).deploy(orderOf('web', digest(1)), signal)).kind, 'accepted');
});

const observes = test.macro({
  async exec(t, lines: string, expected: object) {
    const { script, open } = await place(t);
    const look = await script('look', lines);
    const seen = await open(['true'], { observe: [look], patience: 2_000 }).observe(
      'web',
      service('web'),
      imageOf('web'),
    );
    t.like(seen, expected);
  },
  title: (_, lines, expected) => `createCommandTarget() takes ${lines} for ${JSON.stringify(expected)}`,
});

test(observes, `echo looking; echo acme/web@${digest(7)}`, { state: 'running', digest: digest(7) });
test(observes, 'true', { state: 'absent' });
test(observes, 'echo updating: 1 of 3', { state: 'updating', reason: '1 of 3' });
test(observes, 'echo unhealthy: 503', { state: 'unhealthy', reason: '503' });
test(observes, 'echo latest', { state: 'unknown' });
test(observes, 'exit 1', { state: 'unknown' });
test(observes, 'sleep 20', { state: 'unknown' });

function variables(text: string): Record<string, string> {
  const pairs = text
    .trim()
    .split('\n')
    .map(line => line.split(/=(.*)/s, 2) as [string, string]);
  // What a shell adds by itself.
  return Object.fromEntries(pairs.filter(([name]) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name)));
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await later(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
