import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createSshGate } from '../../shared/adapters/gates/ssh/ssh-gate.ts';
import { runProgram } from '../helpers/run-program.ts';
import { type SshServer, startSshServer } from '../helpers/ssh-server.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';

const digest = digestOf('web');
const REFERENCE = `r.example/acme/web@${digest}`;
const reference = { registry: 'r.example', repository: 'acme/web', digest };
const question = { image: 'web', reference, tag: '2026.3-stable' };
type Settings = Partial<Parameters<typeof createSshGate>[0]>;

/** Asks a gate that logs in there, and gives its answer as one line, with what it wrote. */
async function ask(server: SshServer, settings: Settings, signal = AbortSignal.timeout(60_000)) {
  const outside = { PATH: process.env['PATH'] };
  const gate = createSshGate({ ...server, command: ['true'], timeout: '30s', outside, ...settings });
  const lines: string[] = [];
  const answer = await gate
    .ask(question, line => lines.push(line), signal)
    .catch((error: Error) => ({
      kind: 'thrown',
      reason: error.message,
    }));
  return { said: `${answer.kind}: ${answer.reason}`, lines };
}

test('a test on a remote host passes and fails by its exit status, and is told which image it is about', async t => {
  const server = await startSshServer(t);
  if (server === undefined) return;
  const shown = await ask(server, {
    command: ['sh', '-c', 'echo "$HEADWAY_IMAGE"; echo "$1" >&2', 'x', "it's {digest}"],
  });
  t.is(shown.said, 'passed: exit status 0');
  t.deepEqual(shown.lines.toSorted(), [`it's ${digest}`, REFERENCE]);
  const noisy = await ask(server, { command: ['sh', '-c', 'echo "= FAILURES ="'] });
  t.is(noisy.said, 'passed: exit status 0', 'a word in the output decides nothing');
  t.is((await ask(server, { command: ['false'] })).said, 'failed: exit status 1');
  t.is((await ask(server, { command: ['sh', '-c', 'exit 255'] })).said, 'failed: exit status 254');
  t.is((await ask(server, { command: ['sh', '-c', 'kill -9 $$'] })).said, 'failed: exit status 137');
  t.regex((await ask(server, { command: ['no-such-program'] })).said, /^blocked: a program is not there/);
});

test('pytest on a remote host is judged by its report: none collected, or all skipped, is a failure', async t => {
  const server = await startSshServer(t);
  const pytest = await findPytest();
  if (server === undefined || pytest === undefined) {
    t.log('skipped: needs an OpenSSH server and pytest');
    t.pass();
    return;
  }
  const run = async (code: string, ...words: string[]) => {
    const file = join(server.folder, `test_${Math.abs(hash(code))}.py`);
    await writeFile(file, code);
    const command = [...pytest, '-q', '-p', 'no:cacheprovider', file, ...words];
    return (await ask(server, { command })).said;
  };
  const report = '--junitxml={report}';
  const green = 'import os\ndef test_image():\n  assert "@sha256:" in os.environ["HEADWAY_IMAGE"]\n';
  t.is(await run(green, report), 'passed: 1 tests passed');
  t.is(await run('def test_gpu():\n  assert False\n', report), 'failed: exit status 1: some tests failed');
  t.is(
    await run('import pytest\ndef test_gpu():\n  pytest.skip("no GPU")\n', report),
    'failed: exit status 0, but all 1 tests of its report were skipped',
  );
  t.is(await run('# nothing\n', report), 'failed: exit status 5: no test was collected');
  t.is(
    await run('import nothing_like_that\n'),
    'failed: exit status 2: it was interrupted, or some tests could not be collected',
  );
  t.is(
    (await ask(server, { command: ['echo', '{report}'] })).said,
    'failed: exit status 0, but it left no report',
  );
  t.deepEqual(
    (await readdir('/tmp')).filter(name => /^headway-gate-.*\.xml$/.test(name)),
    [],
  );
});

test('a host with another key, a key that is not let in, and nobody at all are no verdict', async t => {
  const server = await startSshServer(t);
  if (server === undefined) return;
  const mark = join(server.folder, 'ran');
  const command = ['touch', mark];
  const wrong = await ask(server, { knownHosts: server.otherHosts, command });
  t.regex(wrong.said, /^thrown: no connection to .*: .*Host key verification failed/i);
  t.regex((await ask(server, { knownHosts: '', command })).said, /^thrown: .*Host key verification failed/i);
  t.regex((await ask(server, { key: server.strangeKey, command })).said, /^thrown: .*Permission denied/);
  t.regex((await ask(server, { key: 'no key at all', command })).said, /^thrown: no connection/);
  t.false(existsSync(mark));
  await server.stop();
  t.regex((await ask(server, { command })).said, /^thrown: no connection to .*Connection refused/);
});

test('a test that hangs has failed when its time is over, and does not go on there', async t => {
  const server = await startSshServer(t);
  if (server === undefined) return;
  const pidFile = join(server.folder, 'pid');
  const command = ['sh', '-c', `echo $$ > ${pidFile}; echo begun; exec sleep 600`];
  const hung = await ask(server, { command, timeout: '2s' });
  t.is(hung.said, 'failed: it took longer than 2s and was ended');
  t.deepEqual(hung.lines, ['begun']);
  await untilGone(t, Number(await readFile(pidFile, 'utf8')));
  const stopped = await ask(server, { command }, AbortSignal.timeout(1_500));
  t.regex(stopped.said, /^thrown: .*timeout/);
  await untilGone(t, Number(await readFile(pidFile, 'utf8')));
});

test('what a test has started ends with it, also what will not hear of it', async t => {
  const server = await startSshServer(t);
  if (server === undefined) return;
  const files = ['child', 'deaf'].map(name => join(server.folder, name));
  const [child, deaf] = files;
  const started = `sleep 600 & echo $! > ${child}; (trap "" TERM; sleep 600) & echo $! > ${deaf}; echo begun`;
  const pids = async () => Promise.all(files.map(async file => Number(await readFile(file, 'utf8'))));
  const hung = await ask(server, { command: ['sh', '-c', `${started}; wait`], timeout: '2s' });
  t.is(hung.said, 'failed: it took longer than 2s and was ended');
  t.deepEqual(hung.lines, ['begun']);
  for (const pid of await pids()) await untilGone(t, pid);
  const left = await ask(server, { command: ['sh', '-c', `(${started}) >/dev/null 2>&1`] });
  t.is(left.said, 'passed: exit status 0');
  for (const pid of await pids()) await untilGone(t, pid);
});

test.serial('the key is in no argument and in no file that others can read, and no file is left', async t => {
  const server = await startSshServer(t);
  if (server === undefined) return;
  const before = await ours();
  const asking = ask(server, { command: ['sh', '-c', 'ps -eo args; sleep 1'] });
  const [folder = ''] = await untilOneMore(before);
  const { stdout = '' } = { stdout: await runProgram('stat', ['-c', '%a %n', folder, join(folder, 'key')]) };
  t.deepEqual(stdout.trim().split('\n'), [`700 ${folder}`, `600 ${join(folder, 'key')}`]);
  const { lines } = await asking;
  const secret = server.key.split('\n')[2] ?? '';
  t.true(secret.length > 20);
  t.true(lines.some(line => line.includes('StrictHostKeyChecking=yes')));
  t.false(lines.join('\n').includes(secret));
  t.deepEqual(await ours(), before);
});

async function ours(): Promise<string[]> {
  const names = await readdir(tmpdir());
  return names.filter(name => name.startsWith('headway-gate-')).map(name => join(tmpdir(), name));
}

async function untilOneMore(before: readonly string[]): Promise<string[]> {
  for (;;) {
    const more = (await ours()).filter(
      folder => !before.includes(folder) && existsSync(join(folder, 'known_hosts')),
    );
    if (more.length > 0) return more;
    await later(5);
  }
}

async function untilGone(t: ExecutionContext, pid: number): Promise<void> {
  for (let tries = 0; tries < 100 && existsSync(`/proc/${pid}`); tries++) await later(50);
  t.false(existsSync(`/proc/${pid}`), `process ${pid} goes on`);
}

/** Of the Python on the PATH, or of the system's own. */
async function findPytest(): Promise<string[] | undefined> {
  for (const python of ['python3', '/usr/bin/python3']) {
    const words = ['-c', 'import pytest, sys; print(sys.executable)'];
    const found = await runProgram(python, words).catch(() => undefined);
    if (found !== undefined) return [found.trim(), '-m', 'pytest'];
  }
  return undefined;
}

function hash(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) | 0, 7);
}
