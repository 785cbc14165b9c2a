import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { openSqliteDocuments } from '../../shared/adapters/documents/sqlite.ts';
import { adviceFor } from '../../shared/adapters/documents/sqlite-errors.ts';
import { openStateFile } from '../../shared/adapters/documents/state-file.ts';
import { store } from '../contracts/documents.ts';
import { stateFolder } from '../helpers/state-folder.ts';

const SQLITE = fileURLToPath(new URL('../../shared/adapters/documents/sqlite.ts', import.meta.url));

const refused = test.macro({
  async exec(t, prepare: (path: string) => Promise<unknown> | unknown, advice: RegExp) {
    const folder = await mkdtemp(join(tmpdir(), 'headway-documents-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'state.db');
    await prepare(path);
    const error = t.throws(() => openSqliteDocuments({ path, queries: [] }), { name: 'PermanentError' });
    t.true(error?.message.startsWith(`Cannot open the state file "${path}": `));
    t.regex(error?.message ?? '', advice);
    t.notRegex(error?.message ?? '', /\.$/);
  },
  title: (name = '') => `a state file that is ${name} is refused with what to do`,
});

test('a folder', refused, path => mkdir(path), /it is a folder, name a file in it/);
test(
  'in a folder that is not there',
  refused,
  path => rm(dirname(path), { recursive: true }),
  /is not there, create it/,
);
test(
  'a text',
  refused,
  path => writeFile(path, 'headway '.repeat(1_000)),
  /not an SQLite database, name another/,
);
test(
  'the database of another program',
  refused,
  path => sql(path, 'CREATE TABLE t (x)'),
  /of another program, name/,
);
test(
  'of another application',
  refused,
  path => sql(path, 'PRAGMA application_id = 7'),
  /of another program, name/,
);
test(
  'made by a newer headway',
  refused,
  madeByNewer,
  /a newer headway made it \(format 99, this one knows 1\)/,
);
test('damaged', refused, damaged, /it is damaged, put a backup in its place or move it away/);

const advises = test.macro({
  exec(t, errcode: number, advice: RegExp) {
    const error = Object.assign(new Error('from SQLite'), { errcode, errstr: 'words of SQLite' });
    t.regex(adviceFor(error, '/none/state.db'), advice);
  },
  title: (name = '') => `adviceFor() says what to do when ${name}`,
});

test('the disk is full', advises, 13, /^the disk is full, free some space$/);
test('the disk fails', advises, 10 | (12 << 8), /^the disk reports an error, /);
test('another program locks the file', advises, 5, /^another program keeps it locked, /);
test('the file may not be written', advises, 8, /^this user may not write it, /);
test('SQLite says something else', advises, 22, /^SQLite says "words of SQLite"$/);

test('a state file of somebody else is refused with what to do', async t => {
  const { open: openHere, path, folder } = await stateFolder(t, []);
  await openHere().close();
  await chmod(folder, 0o755);
  await chmod(path, 0o444);
  // The superuser may write everything, so it gives up its rights first.
  const script = `
    import { openSqliteDocuments } from ${JSON.stringify(SQLITE)};
    if (process.getuid() === 0) process.setuid(65534);
    try { openSqliteDocuments({ path: ${JSON.stringify(path)}, queries: [] }) } catch (error) { console.log(String(error)) }`;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  t.regex(
    stdout,
    /^PermanentError: Cannot open .*: this user may not write it, change its owner or its permissions/,
  );
});

test('a refused state file is left as it was', async t => {
  const { path } = await stateFolder(t, []);
  sql(path, 'CREATE TABLE t (x)');
  t.throws(() => openSqliteDocuments({ path, queries: [] }));
  const db = new DatabaseSync(path);
  t.teardown(() => db.close());
  t.deepEqual(
    db
      .prepare('SELECT name FROM sqlite_schema')
      .all()
      .map(({ name }) => name),
    ['t'],
  );
  t.is(db.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'delete');
});

test('every commit is synced to the disk', async t => {
  const { path } = await stateFolder(t, []);
  const db = openStateFile(path, []);
  t.teardown(() => db.close());
  t.is(db.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal');
  t.is(db.prepare('PRAGMA synchronous').get()?.['synchronous'], 2);
});

test('closing stores what was asked for before and refuses what is asked for after', async t => {
  const folder = await stateFolder(t, []);
  const documents = folder.open();
  const ref = { collection: 'things', key: 'a' };
  const asked = Array.from({ length: 600 }, (_, i) => store(documents, { ...ref, key: `k${i}` }, {}));
  await documents.close();
  await Promise.all(asked);
  await t.throwsAsync(documents.get(ref), { message: /it was closed$/ });
  await t.throwsAsync(store(documents, ref, {}), { message: /it was closed$/ });
  t.is((await folder.open().query({ collection: 'things', limit: 1_000 })).length, 600);
});

function sql(path: string, statements: string): void {
  const db = new DatabaseSync(path);
  db.exec(statements);
  db.close();
}

async function madeByNewer(path: string): Promise<void> {
  await openSqliteDocuments({ path, queries: [] }).close();
  sql(path, 'PRAGMA user_version = 99');
}

async function damaged(path: string): Promise<void> {
  await openSqliteDocuments({ path, queries: [] }).close();
  // The page that lists the tables, behind the header that says that it is a database.
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(3_000, 0xff), 0, 3_000, 100);
  await file.close();
}
