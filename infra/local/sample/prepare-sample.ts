import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PermanentError } from '../../../shared/domain/permanent-error.ts';
import { developerGit } from './developer-git.ts';
import type { Sample } from './sample.ts';
import { sampleConfiguration } from './sample-configuration.ts';

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
  keepAddress(join(folder, 'made-for'), { folder, url });
  for (const file of Object.values(sample.secrets)) {
    if (!existsSync(file)) writeFileSync(file, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  }
  await makeManifests(sample, url);
  await makeShop(sample);
  writeHook(sample, url);
  writeFileSync(sample.configuration, sampleConfiguration(sample, url));
  return sample;
}

/** The images are named for the address of their registry, so that a sample stays where it was made. */
function keepAddress(file: string, { folder, url }: { folder: string; url: string }): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8').trim() : url;
  if (before !== url) {
    const port = new URL(before).port;
    throw new PermanentError(
      `Cannot serve the sample in "${folder}" at ${url}: it was made for ${before}; start with PORT=${port}, or delete the folder for a new one`,
    );
  }
  writeFileSync(file, `${url}\n`);
}

async function makeShop({ shop, work }: Sample): Promise<void> {
  if (!existsSync(shop)) await developerGit(['init', '--quiet', '--bare', '--initial-branch=main', shop]);
  if (existsSync(join(work, '.git'))) return;
  cpSync(FILES, work, { recursive: true });
  await developerGit(['init', '--quiet', '--initial-branch=main', work]);
  await developerGit(['remote', 'add', 'origin', shop], { cwd: work });
}

async function makeManifests({ manifests, work }: Sample, url: string): Promise<void> {
  if (existsSync(manifests)) return;
  const seed = `${work}-manifests`;
  await developerGit(['init', '--quiet', '--initial-branch=main', seed]);
  for (const name of ['web.yaml', 'api.yaml']) {
    const text = readFileSync(join(FILES, 'manifests', name), 'utf8');
    mkdirSync(join(seed, 'shop'), { recursive: true });
    writeFileSync(join(seed, 'shop', name), text.replaceAll('127.0.0.1:8080', new URL(url).host));
  }
  await developerGit(['add', '.'], { cwd: seed });
  await developerGit(['commit', '--quiet', '--message', `Describe the shop, for ${url}`], { cwd: seed });
  await developerGit(['clone', '--quiet', '--bare', seed, manifests]);
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
