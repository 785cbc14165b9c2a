import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createCommandGate } from '../../shared/adapters/gates/command/command-gate.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';

const digest = digestOf('web');
const reference = { registry: 'r.example', repository: 'web', digest };
const question = { image: 'web', reference, tag: 'stable', commit: 'c'.repeat(40) };
const outside = { PATH: process.env['PATH'], HOME: '/nowhere', SECRET: 'of headway' };
type Settings = Partial<Parameters<typeof createCommandGate>[0]>;

async function ask(settings: Settings, signal = AbortSignal.timeout(30_000)) {
  const gate = createCommandGate({ run: ['true'], environment: {}, timeout: '20s', outside, ...settings });
  const lines: string[] = [];
  const answer = await gate.ask(question, line => lines.push(line), signal);
  return { said: `${answer.kind}: ${answer.reason}`, lines };
}

const ends = test.macro({
  async exec(t, script: string, expected: string) {
    t.is((await ask({ run: ['sh', '-c', script, '{report}'] })).said, expected);
  },
  title: (_, script, expected) => `a command gate that runs ${script} has ${expected}`,
});
const REPORT = '<testsuites><testsuite><testcase name="a"/></testsuite></testsuites>';
test(ends, `echo '${REPORT}' > "$0"`, 'passed: 1 tests passed');
test(ends, 'echo nothing', 'failed: exit status 0, but it left no report');
test(ends, 'exit 3', 'failed: exit status 3');
test(ends, 'exit 75', 'blocked: it asked to be asked again later (exit status 75)');
test(ends, 'kill -TERM $$', 'failed: it was ended by SIGTERM');

test('a command gate gets the image and its own settings, and nothing else of ours', async t => {
  const { lines } = await ask({ run: ['env'], environment: { TOKEN: 'x' } });
  t.deepEqual(lines.filter(line => !/^(?:PATH|PWD|_|SHLVL)=/.test(line)).toSorted(), [
    `HEADWAY_COMMIT=${'c'.repeat(40)}`,
    `HEADWAY_DIGEST=${digest}`,
    `HEADWAY_IMAGE=r.example/web@${digest}`,
    'HEADWAY_NAME=web',
    'HEADWAY_TAG=stable',
    'HOME=/nowhere',
    'TOKEN=x',
  ]);
});

test('a command gate takes words as they are, without a shell', async t => {
  t.deepEqual((await ask({ run: ['echo', '$HOME;', '{tag}', '{commit}'] })).lines, [
    `$HOME; stable ${'c'.repeat(40)}`,
  ]);
});

test('a command gate runs in its folder, and leaves none of its own', async t => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'tests'));
  await writeFile(join(folder, 'tests', 'a'), '');
  t.deepEqual((await ask({ run: ['ls', 'tests'], folder })).lines, ['a']);
  const [own = ''] = (await ask({ run: ['pwd'] })).lines;
  t.true(own.startsWith(join(tmpdir(), 'headway-gate-')));
  t.false(
    (await readdir(tmpdir())).some(name => own.includes(`${name}/`) && name.startsWith('headway-gate-')),
  );
});

test('a command gate that hangs has failed, and is ended with all that it started', async t => {
  const hung = await ask({ run: ['sh', '-c', 'echo begun; sleep 100 & sleep 100'], timeout: '300ms' });
  t.is(hung.said, 'failed: it took longer than 300ms and was ended');
  t.deepEqual(hung.lines, ['begun']);
});

test('a command gate that cannot be started, or that nobody waits for any more, has no verdict', async t => {
  await t.throwsAsync(ask({ run: ['no-such-program'] }), {
    message: /^program "no-such-program" is not there, or/,
  });
  await t.throwsAsync(ask({ run: ['/etc'] }), { message: /may not be run; install it/ });
  await t.throwsAsync(ask({ run: ['sleep', '100'] }, AbortSignal.timeout(200)), { name: 'TimeoutError' });
});
