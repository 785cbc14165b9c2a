import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { store } from '../contracts/documents.ts';
import { stateFolder } from '../helpers/state-folder.ts';

const SCRIPT = fileURLToPath(new URL('../helpers/write-documents.ts', import.meta.url));
const total = { collection: 'things', key: 'total' };

test('several processes that make the same state file at once lose no write', async t => {
  const { open, path } = await stateFolder(t, []);
  const writers = ['a', 'b', 'c', 'd'].map(name => startWriter(path, name, 30));
  const acknowledged = await Promise.all(writers.map(({ child, keys }) => ended(child).then(() => keys)));
  t.deepEqual(await open().get(total), { count: 120 });
  t.is(acknowledged.flat().length, 120);
});

test('what was acknowledged is there after kill -9, over and over on the same file', async t => {
  const { open, path } = await stateFolder(t, []);
  const acknowledged: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    const { child, keys, lines } = startWriter(path, `r${round}`, 1_000_000);
    for await (const _ of lines) if (keys.length > round * 20) break;
    child.kill('SIGKILL');
    await once(child, 'close');
    acknowledged.push(...keys);
  }
  const documents = open();
  for (const key of acknowledged) t.truthy(await documents.get({ collection: 'things', key }), key);
  const counted = Number((await documents.get(total))?.['count']);
  t.true(counted >= acknowledged.length);
  const stored: string[] = [];
  for (let after = 'r'; ; after = stored.at(-1) ?? '') {
    const page = await documents.query({
      collection: 'things',
      limit: 1_000,
      ...(after !== 'r' && { after }),
    });
    stored.push(...page.map(({ key }) => key));
    if (page.length < 1_000) break;
  }
  t.is(stored.length, counted + 1, 'every count has its document: transactions are all or nothing');
});

test('while another process writes, transactions wait, everything else goes on, and reads answer', async t => {
  const { open, path } = await stateFolder(t, []);
  const documents = open();
  await store(documents, total, { count: 1 });
  const other = new DatabaseSync(path);
  t.teardown(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  let stored = false;
  const storing = store(documents, total, { count: 2 }).then(() => {
    stored = true;
  });
  for (let round = 0; round < 5; round += 1) await new Promise(resolve => setTimeout(resolve, 10));
  t.deepEqual(await documents.get(total), { count: 1 });
  t.false(stored);
  other.exec('ROLLBACK');
  await storing;
  t.deepEqual(await documents.get(total), { count: 2 });
});

function startWriter(path: string, name: string, count: number) {
  const child = spawn(process.execPath, [SCRIPT, path, name, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const keys: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', key => keys.push(key));
  return { child, keys, lines };
}

async function ended(child: ChildProcess): Promise<void> {
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`Cannot write documents: the process ended with ${code}`);
}
