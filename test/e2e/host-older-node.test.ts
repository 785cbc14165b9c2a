import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import test from 'ava';
import { version } from '../../infra/cli/version.ts';
import { createSamplePlace, processesOf, TOLD } from '../helpers/host-process-sample.ts';

/** A Node on this machine that is too old for headway itself. */
function olderNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map(folder => join(folder, 'node')).find(path => isOlder(path));
}

function isOlder(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return (
      Number(execFileSync(path, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' })) < 24
    );
  } catch {
    return false;
  }
}

test('an older Node hands over to the one that the project brings, and passes on words, codes and Ctrl-C', async t => {
  const node = olderNode();
  if (node === undefined) {
    t.log('skipped: needs a Node older than 24 on the PATH');
    t.pass();
    return;
  }
  t.timeout(60_000);
  const place = await createSamplePlace(t, { node });
  t.like(await place.run('--version'), { code: 0, out: `${version()}\n` });
  t.is((await place.run('frobnicate')).code, 2);
  t.is((await place.run('status')).code, 3);
  const host = place.up();
  await host.said(TOLD);
  t.is((await place.run('status')).code, 0);
  // As a terminal does it: to everybody in the group, so that the process that serves gets it twice.
  for (const pid of [host.pid, ...(await childrenOf(host.pid))]) process.kill(pid, 'SIGINT');
  t.like(await host.ended, { code: 0, err: '' });
  t.deepEqual(await processesOf(place.folder), []);
});

async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}
