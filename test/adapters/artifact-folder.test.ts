import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createArtifactFolder } from '../../shared/adapters/artifacts/folder.ts';
import { artifactsContract } from '../contracts/artifacts.ts';

async function openFolder(t: ExecutionContext) {
  const root = await mkdtemp(join(tmpdir(), 'headway-artifacts-'));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  return root;
}

artifactsContract(test, 'a folder', async t =>
  createArtifactFolder({ root: join(await openFolder(t), 'new') }),
);

test('a write that fails leaves neither the file nor its draft', async t => {
  const root = await openFolder(t);
  const artifacts = createArtifactFolder({ root });
  await artifacts.put('a/b', 'x');
  await t.throwsAsync(artifacts.put('a', 'a folder is in the way'));
  t.deepEqual(await artifacts.list('a'), ['a/b']);
  t.deepEqual(await readdir(join(root, '.drafts')), []);
});
