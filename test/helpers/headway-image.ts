import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { buildContainerBase } from './container-base.ts';
import { need } from './need.ts';

const run = promisify(execFile);
const mark = `headway-test-${randomBytes(4).toString('hex')}`;
let made: Promise<string> | undefined;

/** What the docker command wrote; throws with its complaint. */
export async function docker(...words: readonly string[]): Promise<string> {
  const env = { ...process.env, DOCKER_BUILDKIT: '0' };
  return (await run('docker', words, { env, maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
}

/**
 * headway's own image, built once for the tests of this process by infra/container/Dockerfile, and what is needed to
 * run it; nothing, said aloud, on a machine without Docker.
 */
export async function headwayImage(t: ExecutionContext) {
  const host = need('DOCKER_HOST');
  const base = need('LAB_BASE_IMAGE');
  const registry = need('LAB_REGISTRY');
  if (host === undefined || base === undefined || registry === undefined) {
    t.log('skipped: needs a Docker engine (DOCKER_HOST, LAB_BASE_IMAGE) and a registry (LAB_REGISTRY)');
    return undefined;
  }
  made ??= build(base);
  return { image: await made, registry };
}

/** Forgets the image with its base. */
export async function removeHeadwayImage(): Promise<void> {
  if (made === undefined) return;
  await made.catch(() => {});
  await docker('rmi', '--force', `${mark}:image`, `${mark}:base`).catch(() => {});
}

async function build(lab: string): Promise<string> {
  const base = await buildContainerBase(lab, `${mark}:base`);
  const file = 'infra/container/Dockerfile';
  // Packages come from wherever this machine has them.
  const words = [
    '--network',
    'host',
    '--build-arg',
    `BASE=${base}`,
    '--file',
    file,
    '--tag',
    `${mark}:image`,
  ];
  await docker('build', ...words, '.');
  return `${mark}:image`;
}
