import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PermanentError } from '../../../shared/domain/permanent-error.ts';
import { developerGit } from './developer-git.ts';
import type { Sample } from './sample.ts';
import { sampleConfiguration } from './sample-configuration.ts';
import { isBegun } from './tell-story.ts';

const FILES = fileURLToPath(new URL('./repository', import.meta.url));
const DELIVER = fileURLToPath(new URL('./deliver-push.ts', import.meta.url));

/** Makes the sample's repositories, secrets and configuration in a folder, or finds them there. */
export async function prepareSample({ folder, url }: { folder: string; url: string }): Promise<Sample> {
  const sample: Sample = {
    configuration: join(folder, 'headway.yaml'),
    shop: join(folder, 'shop.git'),
    manifests: join(folder, 'manifests.git'),
    work: join(folder, 'work'),
    secrets: { github: join(folder, 'secrets', 'github'), builds: join(folder, 'secrets', 'builds') },
  };
  mkdirSync(join(folder, 'secrets'), { recursive: true });
  keepAddress(sample, { folder, url });
  for (const file of Object.values(sample.secrets)) {
    if (!existsSync(file)) writeFileSync(file, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  }
  await makeManifests(sample, url);
  await makeShop(sample);
  writeHook(sample, url);
  writeFileSync(sample.configuration, sampleConfiguration(sample, url));
  return sample;
}

/** The images are named for the address of their registry, so that a sample stays where its story began. */
function keepAddress(sample: Sample, { folder, url }: { folder: string; url: string }): void {
  const file = join(folder, 'made-for');
  const before = existsSync(file) ? readFileSync(file, 'utf8').trim() : url;
  if (before !== url && isBegun(sample)) {
    const port = new URL(before).port;
    throw new PermanentError(
      `Cannot serve the sample in "${folder}" at ${url}: it was made for ${before}; start with PORT=${port}, or delete the folder for a new one`,
    );
  }
  // A start that could not listen there left nothing but this.
  if (before !== url) rmSync(sample.manifests, { recursive: true, force: true });
  writeFileSync(file, `${url}\n`);
}

async function makeShop({ shop, work }: Sample): Promise<void> {
  await makeWhole(shop, path => developerGit(['init', '--quiet', '--bare', '--initial-branch=main', path]));
  await makeWhole(work, async path => {
    cpSync(FILES, path, { recursive: true });
    await developerGit(['init', '--quiet', '--initial-branch=main', path]);
    await developerGit(['remote', 'add', 'origin', shop], { cwd: path });
  });
}

async function makeManifests({ manifests }: Sample, url: string): Promise<void> {
  await makeWhole(manifests, async path => {
    const seed = `${path}-seed`;
    await developerGit(['init', '--quiet', '--initial-branch=main', seed]);
    mkdirSync(join(seed, 'shop'));
    for (const name of ['web.yaml', 'api.yaml']) {
      const text = readFileSync(join(FILES, 'manifests', name), 'utf8');
      writeFileSync(join(seed, 'shop', name), text.replaceAll('127.0.0.1:8080', new URL(url).host));
    }
    await developerGit(['add', '.'], { cwd: seed });
    await developerGit(['commit', '--quiet', '--message', `Describe the shop, for ${url}`], { cwd: seed });
    await developerGit(['clone', '--quiet', '--bare', seed, path]);
    rmSync(seed, { recursive: true });
  });
}

/** What a start that was cut off left half made is made anew. */
async function makeWhole(path: string, make: (draft: string) => Promise<unknown>): Promise<void> {
  if (existsSync(path)) return;
  const draft = mkdtempSync(`${path}-`);
  await make(join(draft, 'made'));
  renameSync(join(draft, 'made'), path);
  rmSync(draft, { recursive: true });
}

/** Like a forge, the repository tells of each push: signed, over HTTP. */
function writeHook({ shop, secrets }: Sample, url: string): void {
  const hook = join(shop, 'hooks', 'post-receive');
  const words = [process.execPath, DELIVER, `${url}/hooks/github`, secrets.github].map(
    word => `'${word.replaceAll("'", "'\\''")}'`,
  );
  writeFileSync(hook, `#!/bin/sh\nexec ${words.join(' ')}\n`);
  chmodSync(hook, 0o755);
}
