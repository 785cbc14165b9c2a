import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { digestOf } from '../../shared/adapters/registry/content-digest.ts';
import { OCI_MANIFEST } from '../../shared/domain/names/manifest-types.ts';
import { checkRegistry } from '../helpers/check-registry.ts';
import { blobOf, type SmallImage } from '../helpers/small-image.ts';

const SERVER = fileURLToPath(new URL('../fixtures/registry-process.ts', import.meta.url));
const client = createRegistryClient({ credentials: async () => undefined });

type Running = { readonly host: string; kill(): void; readonly ended: Promise<unknown> };

async function start(t: ExecutionContext, root: string): Promise<Running> {
  const child = spawn(process.execPath, [SERVER, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const [port] = await once(createInterface(child.stdout), 'line');
  return { host: `127.0.0.1:${port}`, kill: () => child.kill('SIGKILL'), ended };
}

/** A configuration and a layer of 4 MB, other than all before. */
function newImage(): SmallImage {
  const config = blobOf(
    Buffer.from(JSON.stringify({ made: randomBytes(8).toString('hex') })),
    'application/json',
  );
  const layer = blobOf(randomBytes(4_000_000), 'application/vnd.oci.image.layer.v1.tar');
  const shown = [config, layer].map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: shown[0], layers: [shown[1]] };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { blobs: [config, layer], mediaType: OCI_MANIFEST, bytes, digest: digestOf(bytes) };
}

type Pushing = {
  readonly image: SmallImage;
  readonly host: string;
  readonly tag: string;
  /** Called before each of the 64 chunks of the layer, and at the moment when the manifest is sent. */
  readonly onStep?: (step: number) => void;
};

async function pushSlowly({ image, host, tag, onStep = () => {} }: Pushing): Promise<void> {
  const at = { registry: host, repository: 'team/app', tag };
  for (const blob of image.blobs) {
    await client.ensureBlob(at, blob, {
      content: async function* content() {
        const length = Math.ceil(blob.size / 64);
        for (let step = 0; step < 64; step++) {
          if (blob === image.blobs[1]) onStep(step);
          yield blob.bytes.subarray(step * length, (step + 1) * length);
        }
      },
    });
  }
  onStep(64);
  await client.putManifest(at, image.mediaType, image.bytes);
}

test('a kill in mid push loses nothing that was acknowledged, and leaves nothing by halves', async t => {
  const root = await mkdtemp(join(tmpdir(), 'headway-registry-'));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  const acknowledged: Record<string, string> = {};
  const steps = [0, 1, 20, 40, 62, 63, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64];
  const outcomes: string[] = [];
  let running = await start(t, root);
  for (const [round, last] of steps.entries()) {
    const image = newImage();
    const { host, kill } = running;
    const onStep = (step: number) => {
      // In the blob at once; while the manifest is stored, two milliseconds later each time.
      if (step === last) void (step < 64 ? kill() : pause((round - 6) * 2).then(kill));
    };
    // Every other push moves the tag of the one before.
    const tag = `t${round - (round % 2)}`;
    const done = await pushSlowly({ image, host, tag, onStep }).then(
      () => true,
      () => false,
    );
    await running.ended;
    running = await start(t, root);
    const found = await checkRegistry(t, { client, host: running.host });
    if (last === 64) outcomes.push(done ? 'acknowledged' : 'cut off');
    const before = acknowledged[`team/app:${tag}`];
    const now = found[`team/app:${tag}`];
    t.true(now === image.digest || (!done && now === before), `round ${round}`);
    if (now !== undefined) acknowledged[`team/app:${tag}`] = now;
    t.deepEqual(found, acknowledged);
    t.deepEqual(await readdir(join(root, 'drafts')), []);
    if (round % 6 === 0) {
      await pushSlowly({ image, host: running.host, tag });
      acknowledged[`team/app:${tag}`] = image.digest;
      t.deepEqual(await checkRegistry(t, { client, host: running.host }), acknowledged);
    }
  }
  t.log(`kills while the manifest was stored: ${outcomes.join(', ')}`);
});
