import test from 'ava';
import { readLayers } from '../../functions/builds/read-layers.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { parseImageReference } from '../../shared/domain/names/image-reference.ts';
import { manifestPage } from '../../shared/domain/results/manifest-page.ts';
import { need } from '../helpers/need.ts';
import { runProgram } from '../helpers/run-program.ts';

const client = createRegistryClient({ credentials: async () => undefined });

test('the layers of a real image are as skopeo tells them', async t => {
  const name = need('LAB_BASE_IMAGE');
  const said =
    name && (await runProgram('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${name}`]));
  const image = name === undefined ? undefined : parseImageReference(name);
  if (name === undefined || said === undefined || image === undefined) {
    t.log(`skipped: ${name === undefined ? 'LAB_BASE_IMAGE is not set' : 'skopeo is not installed'}`);
    t.pass();
    return;
  }
  const found = await client.head(image);
  if (found === undefined) return t.fail('there is no such image');
  const layers = await readLayers(client, { ...image, tag: 'base', digest: found.digest });
  const sizes = JSON.parse(said).layers.map(({ size }: { size: number }) => size);
  t.deepEqual(
    layers.entries.map(({ size }) => size).filter(size => size > 0),
    sizes,
  );
  const page = manifestPage({ layers, info: [] });
  t.log(page);
  t.is(page.split('\n').length, 3);
});
