import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { DOCKER_MANIFEST, OCI_MANIFEST } from '../../shared/domain/names/manifest-types.ts';
import { checkRegistry } from '../helpers/check-registry.ts';
import { need } from '../helpers/need.ts';
import { runProgram } from '../helpers/run-program.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';

const client = createRegistryClient({ credentials: async () => undefined });

async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'headway-registry-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function docker(...args: readonly string[]): Promise<string> {
  const said = await runProgram('docker', args);
  if (said === undefined)
    throw new Error('Cannot run docker: it is not installed, although DOCKER_HOST is set');
  return said.trim();
}

test('docker push and docker pull work with the embedded registry', async t => {
  if (need('DOCKER_HOST') === undefined) {
    t.log('skipped: DOCKER_HOST is not set');
    t.pass();
    return;
  }
  const host = await serveRegistry(t);
  const context = await folder(t);
  const name = `${host}/team/${randomUUID()}`;
  // Two layers, one of them larger than any buffer on the way.
  await writeFile(join(context, 'large'), randomBytes(8_000_000));
  await writeFile(join(context, 'small'), name);
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY large /\nCOPY small /\nCMD ["/small"]\n');
  const id = await docker('build', '--quiet', '--tag', `${name}:one`, context);
  t.teardown(() => runProgram('docker', ['image', 'rm', '--force', id]).catch(() => {}));
  await docker('push', '--quiet', `${name}:one`);
  await docker('tag', `${name}:one`, `${name}:two`);
  await docker('push', '--quiet', `${name}:two`);
  const [digest, again] = Object.values(await checkRegistry(t, { client, host }));
  t.truthy(digest);
  t.is(digest, again);
  await docker('image', 'rm', `${name}:one`, `${name}:two`);
  await docker('pull', '--quiet', `${name}@${digest}`);
  t.is(await docker('image', 'inspect', '--format', '{{.Id}}', `${name}@${digest}`), id);
});

for (const [format, mediaType] of [
  ['v2s2', DOCKER_MANIFEST],
  ['oci', OCI_MANIFEST],
] as const) {
  test(`skopeo copies to and from the embedded registry as ${format}`, async t => {
    const base = need('LAB_BASE_IMAGE');
    const installed = await runProgram('skopeo', ['--version']);
    if (base === undefined || installed === undefined) {
      t.log(`skipped: ${base === undefined ? 'LAB_BASE_IMAGE is not set' : 'skopeo is not installed'}`);
      t.pass();
      return;
    }
    const at = { registry: await serveRegistry(t), repository: 'team/base', tag: 'one' };
    const plain = ['copy', '--quiet', '--src-tls-verify=false', '--dest-tls-verify=false'];
    const here = `docker://${at.registry}/team/base`;
    await runProgram('skopeo', [...plain, '--format', format, `docker://${base}`, `${here}:one`]);
    const found = await client.manifest(at);
    t.is(found?.mediaType, mediaType);
    // Once more from one repository to another, and out into a folder.
    const other = `docker://${at.registry}/team/other`;
    await runProgram('skopeo', [...plain, `${here}:one`, `${other}:two`]);
    t.is((await client.head({ ...at, repository: 'team/other', tag: 'two' }))?.digest, found?.digest);
    const path = await folder(t);
    await runProgram('skopeo', ['copy', '--quiet', '--src-tls-verify=false', `${other}:two`, `dir:${path}`]);
    t.deepEqual(await readFile(join(path, 'manifest.json')), Buffer.from(found?.bytes ?? []));
    await checkRegistry(t, { client, host: at.registry });
  });
}
