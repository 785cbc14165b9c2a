import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createCommandBuilder } from '../../shared/adapters/builders/command/builder.ts';
import { isDigest } from '../../shared/domain/names/digest.ts';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import { BuildFailure, type BuildOrder } from '../../shared/ports/builder.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';

const DIGEST = `sha256:${'d'.repeat(64)}`;
const GONE = `sha256:${'0'.repeat(64)}`;
const OTHER = `sha256:${'e'.repeat(64)}`;
const IMAGE = { registry: 'r.example', repository: 'acme/web', tag: 'candidate' };
const SECRETS = { TOKEN: 'open-sesame\n', 'KEY.pem': 'the key' };

/** A context in which a shell runs what a test says, and a registry whose tag names what the file `pushed` says. */
async function place(t: ExecutionContext) {
  const folder = await temporaryFolder(t);
  const [context, temporary] = [join(folder, 'context'), join(folder, 'temporary')];
  await mkdir(context);
  await writeFile(join(context, 'Dockerfile'), 'ARG BASE\nFROM $BASE\n');
  const text = (name: string) => readFile(join(context, name), 'utf8').catch(() => '');
  const tags = new Map<string, string>();
  const head = async (image: ImageReference) => {
    const digest = image.digest ?? tags.get(image.tag ?? '') ?? (await text('pushed')).trim();
    return isDigest(digest) && digest !== GONE
      ? { digest, mediaType: 'application/json', size: 1 }
      : undefined;
  };
  const retag = async (_: ImageReference, digest: string, tag: string) => void tags.set(tag, digest);
  const untagged: string[] = [];
  const untag = async (_: ImageReference, tag: string) => void untagged.push(tag);
  const lines: string[] = [];
  const build = (script: string, more: Partial<BuildOrder> = {}, signal = AbortSignal.timeout(30_000)) =>
    createCommandBuilder({
      command: script.startsWith('/') ? [script] : ['sh', '-euc', script],
      environment: { REGION: 'eu', HEADWAY_IMAGE: 'mine' },
      redact: secrets => shown =>
        secrets.reduce((all, secret) => all.replaceAll(secret.trim(), '***'), shown),
      credentials: async registry =>
        registry === 'nobody.example' ? undefined : { username: 'me', password: `pass of ${registry}` },
      registry: { head, retag, untag },
      outside: { PATH: process.env['PATH'], HOME: '/root', TOKEN_OF_HEADWAY: 'x' },
      temporary,
    }).build(
      { image: IMAGE, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0, ...more },
      { output: line => lines.push(line), progress() {} },
      signal,
    );
  return { context, temporary, text, build, lines, tags, untagged };
}

test('createCommandBuilder() tells a program what to build and nothing of headway but PATH and HOME', async t => {
  const { context, text, build } = await place(t);
  const { digest } = await build(`echo ${DIGEST} > pushed; env > environment`, {
    args: { BASE: 'b.example/x:1', NAME: 'a b' },
    labels: { 'org.opencontainers.image.revision': 'c0ffee' },
    cacheFrom: [{ ...IMAGE, tag: 'stable' }],
    epoch: 1_500,
    platform: 'linux/arm64',
  });
  t.is(digest, DIGEST);
  const found = Object.fromEntries((await text('environment')).split('\n').map(line => line.split(/=(.*)/s)));
  t.like(found, {
    HOME: '/root',
    REGION: 'eu',
    HEADWAY_IMAGE: 'r.example/acme/web:candidate',
    HEADWAY_COMMIT: 'c0ffee',
    HEADWAY_CONTEXT: context,
    HEADWAY_DOCKERFILE: 'Dockerfile',
    HEADWAY_PLATFORM: 'linux/arm64',
    HEADWAY_CACHE_FROM: 'r.example/acme/web:stable',
    HEADWAY_ARG_NAME: 'a b',
    SOURCE_DATE_EPOCH: '1',
    PWD: context,
  });
  t.false('TOKEN_OF_HEADWAY' in found);
});

test('createCommandBuilder() gives arguments, labels, secrets and logins as files that only it can read, and removes them', async t => {
  const { text, build, temporary, context } = await place(t);
  const files = [
    '"$HEADWAY_ARGS"',
    '"$HEADWAY_LABELS"',
    '"$DOCKER_CONFIG/config.json"',
    '"$HEADWAY_SECRETS"/*',
  ];
  const look = `for file in ${files.join(' ')}; do stat -c %a "$file"; cat "$file"; done > seen; dirname "$HEADWAY_SECRETS" > where; stat -c %a "$HEADWAY_SECRETS/.." > mode`;
  await build(`${look}; echo ${DIGEST} > pushed`, {
    args: { BASE: 'b.example/x:1', MANY: 'a\n  b' },
    labels: { one: '1' },
    secrets: SECRETS,
    cacheFrom: [{ registry: 'nobody.example', repository: 'x' }],
  });
  const auth = (host: string) => ({ auth: Buffer.from(`me:pass of ${host}`).toString('base64') });
  const auths = { 'r.example': auth('r.example'), 'b.example': auth('b.example') };
  t.is(
    await text('seen'),
    `600\nBASE=b.example/x:1\nMANY=a b\n600\none=1\n600\n${JSON.stringify({ auths })}600\nthe key600\nopen-sesame\n`,
  );
  t.is(await text('mode'), '700\n');
  const where = (await text('where')).trim();
  t.true(where.startsWith(temporary));
  await t.throwsAsync(stat(where), { code: 'ENOENT' });
  t.deepEqual((await readdir(context)).toSorted(), ['Dockerfile', 'mode', 'pushed', 'seen', 'where']);
});

const fails = test.macro({
  async exec(t, script: string, message: RegExp) {
    const { build, lines, temporary } = await place(t);
    const error = await t.throwsAsync(build(script, { secrets: SECRETS }), {
      instanceOf: BuildFailure,
      message,
    });
    t.false(`${error.message}${lines.join()}`.includes('sesame'));
    t.deepEqual(await readdir(temporary), []);
  },
  title: (_, script) => `createCommandBuilder() says how this failed: ${script}`,
});

test(
  fails,
  'exit 3',
  /^Cannot build "r\.example\/acme\/web:candidate": "sh" exited with 3 and wrote nothing$/,
);
test(fails, 'cat "$HEADWAY_SECRETS/TOKEN"; echo no such host >&2; exit 1', /it said: \*\*\*\nno such host$/);
test(fails, 'kill -9 $$', /"sh" was ended by SIGKILL/);
test(fails, '/no/such/program', /there is no program "\/no\/such\/program" on the PATH, or no folder/);
test(
  fails,
  'true',
  /^"sh" ended well, but pushed nothing to "r\.example\/acme\/web:candidate"; have it push to HEADWAY_IMAGE$/,
);
test(
  fails,
  `echo ${DIGEST} > pushed; echo ${OTHER} > "$HEADWAY_DIGEST_FILE"`,
  /is sha256:d+, and not sha256:e+, as it wrote into/,
);

test('createCommandBuilder() tells a push of the image that is there already from none', async t => {
  const { build, tags, untagged } = await place(t);
  tags.set('candidate', DIGEST);
  await t.throwsAsync(build('true'), {
    instanceOf: BuildFailure,
    message:
      /pushed nothing to "r\.example\/acme\/web:candidate-[0-9a-f]{8}"; have it push to HEADWAY_IMAGE$/,
  });
  t.deepEqual(await build(`echo ${DIGEST} > pushed`), { digest: DIGEST }, 'after a crash, or a retry');
  t.regex(untagged.join(), /^candidate-[0-9a-f]{8}$/, 'no name but its own is left');
  t.deepEqual(await build(`echo ${OTHER} > pushed`), { digest: OTHER });
  t.is(tags.get('candidate'), OTHER);
});

test('createCommandBuilder() takes what a program finds in the registry, and writes down', async t => {
  const { build, tags } = await place(t);
  t.deepEqual(await build(`echo ${DIGEST} > "$HEADWAY_DIGEST_FILE"`), { digest: DIGEST });
  t.is(tags.get('candidate'), DIGEST);
  await t.throwsAsync(build(`echo ${GONE} > "$HEADWAY_DIGEST_FILE"`), {
    instanceOf: BuildFailure,
    message: /sha256:0+, which it wrote into HEADWAY_DIGEST_FILE, is not in the registry$/,
  });
});

test('createCommandBuilder() takes exit code 75 for what may pass by itself', async t => {
  const { build } = await place(t);
  const error = await t.throwsAsync(build('echo registry is down; exit 75'));
  t.false(error instanceof BuildFailure);
  t.regex(error.message, /"sh" exited with 75; it said: registry is down$/);
});

test('createCommandBuilder() has the image checked by digest once it is pushed', async t => {
  const { build } = await place(t);
  const checked: string[] = [];
  const check = async (image: string) => void checked.push(image);
  await build(`echo ${DIGEST} > pushed`, { check });
  t.deepEqual(checked, [`r.example/acme/web@${DIGEST}`]);
});

test('createCommandBuilder() ends a program that is told to stop, with all it started and all it was given', async t => {
  const { build, temporary, text } = await place(t);
  const stop = new AbortController();
  const script = 'sleep 600 & echo $! > child; mkfifo done; echo begun; wait';
  const built = build(script, { secrets: SECRETS }, stop.signal);
  while ((await text('child')) === '') await new Promise(done => setImmediate(done));
  stop.abort(new Error('superseded'));
  await t.throwsAsync(built, { message: 'superseded' });
  const child = Number(await text('child'));
  const isAlive = async () =>
    !/^State:\s+Z/m.test(await readFile(`/proc/${child}/status`, 'utf8').catch(() => 'State: Z'));
  while (await isAlive()) await new Promise(done => setImmediate(done));
  t.deepEqual(await readdir(temporary), []);
});

test('createCommandBuilder() hands on its output line by line, cut where a line has no end', async t => {
  const { build, lines } = await place(t);
  await build(`echo one; head -c 5000000 /dev/zero | tr '\\0' x; echo; echo two; echo ${DIGEST} > pushed`);
  const [one, long = '', two] = lines;
  t.deepEqual([one, two], ['one', 'two']);
  t.true(long.length < 11_000);
});

test('createCommandBuilder() removes what a process that was killed left of secrets, and nothing of one that runs', async t => {
  const { build, temporary } = await place(t);
  for (const name of [`headway-build-${2 ** 22 + 1}-a`, `headway-build-${process.ppid}-b`, 'other']) {
    await mkdir(join(temporary, name, 'secrets'), { recursive: true });
  }
  await build(`echo ${DIGEST} > pushed`);
  t.deepEqual((await readdir(temporary)).toSorted(), [`headway-build-${process.ppid}-b`, 'other']);
});
