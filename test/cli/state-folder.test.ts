import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { lockStateFolder } from '../../infra/local/lock.ts';
import { openStateFolder, publishAddress } from '../../infra/local/state-folder.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';

async function temporary(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headway-state-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

test('a token is made once, long, and for its owner only', async t => {
  const folder = await temporary(t);
  const { token } = openStateFolder(folder);
  t.regex(token, /^[\w-]{32}$/);
  await chmod(join(folder, 'token'), 0o644);
  t.is(openStateFolder(folder).token, token);
  t.is((await stat(join(folder, 'token'))).mode & 0o777, 0o600);
});

test('an empty token, as a crash may leave it, is replaced: nothing fits it', async t => {
  const folder = await temporary(t);
  await writeFile(join(folder, 'token'), '');
  t.regex(openStateFolder(folder).token, /^[\w-]{32}$/);
});

test('the address is there while a host says so, whole, and nothing else is left', async t => {
  const path = await temporary(t);
  const folder = openStateFolder(path);
  const forget = publishAddress(folder, 'http://127.0.0.1:8080');
  t.like(JSON.parse(await readFile(folder.address, 'utf8')), { url: 'http://127.0.0.1:8080' });
  t.deepEqual((await readdir(path)).sort(), ['address.json', 'manifests', 'registry', 'repos', 'token']);
  forget();
  t.false((await readdir(path)).includes('address.json'));
});

test('a folder that another host serves is refused with where that one answers', async t => {
  const path = await temporary(t);
  const folder = openStateFolder(path);
  const unlock = lockStateFolder(folder);
  publishAddress(folder, 'http://127.0.0.1:8080');
  t.throws(() => lockStateFolder(folder), {
    instanceOf: PermanentError,
    message: `Cannot serve "${path}": another headway serves it already at http://127.0.0.1:8080; stop that one, or name another folder with --state`,
  });
  unlock();
  t.notThrows(lockStateFolder(folder));
});

const refuses = test.macro({
  async exec(t, name: string, message: RegExp) {
    const path = await temporary(t);
    await writeFile(join(path, 'file'), 'x');
    t.throws(() => openStateFolder(join(path, name)), { instanceOf: PermanentError, message });
  },
  title: (name = '') => `a state folder that is ${name} is refused with what to do`,
});

test(
  'a file',
  refuses,
  'file',
  /Cannot use the state folder ".+file": .+; make it a folder that this user may write/,
);
test('below a file', refuses, 'file/below', /Cannot use the state folder .+ or name another with --state/);
