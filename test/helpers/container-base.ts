import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';
const TEMPLATES = '/usr/share/git-core/templates';
const NPM = '/usr/local/lib/npm';

/**
 * Builds an image with what node:24-slim has and headway's image needs, of this machine's own Node, npm and git with
 * the libraries that they are linked to: where no public image can be had. Gives its tag.
 */
export async function buildContainerBase(base: string, tag: string): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), 'headway-base-'));
  const root = join(context, 'root');
  try {
    const programs = { '/usr/local/bin/node': process.execPath, '/usr/bin/git': await which('git') };
    for (const [at, from] of Object.entries(programs)) {
      await put(root, at, from);
      for (const library of await librariesOf(from)) await put(root, library, library);
    }
    for (const alias of ['git-upload-pack', 'git-receive-pack']) {
      await symlink('git', join(root, 'usr/bin', alias));
    }
    for (const path of [TEMPLATES, AUTHORITIES]) await put(root, path, path);
    await put(root, NPM, dirname(dirname(await realpath(await which('npm')))));
    await mkdir(join(root, 'tmp'), { mode: 0o777 });
    await symlink('/bin/env', join(root, 'usr/bin/env'));
    const npm = `#!/bin/sh\nexec node ${NPM}/bin/npm-cli.js "$@"\n`;
    await writeFile(join(root, 'usr/local/bin/npm'), npm, { mode: 0o755 });
    const lines = [
      `FROM ${base}`,
      'COPY root /',
      'RUN chmod 1777 /tmp',
      'ENV PATH=/usr/local/bin:/usr/bin:/bin',
      `ENV NODE_EXTRA_CA_CERTS=${AUTHORITIES}`,
    ];
    await writeFile(join(context, 'Dockerfile'), lines.join('\n'));
    await run('docker', ['build', '--tag', tag, context], { env: { ...process.env, DOCKER_BUILDKIT: '0' } });
    return tag;
  } finally {
    await rm(context, { recursive: true });
  }
}

async function which(program: string): Promise<string> {
  return (await run('sh', ['-c', `command -v ${program}`])).stdout.trim();
}

/** Those that the program is linked to, the loader among them, by the paths where it looks. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await run('ldd', [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path = '']) => (existsSync(path) ? [path] : []));
}

async function put(root: string, at: string, from: string): Promise<void> {
  await mkdir(dirname(join(root, at)), { recursive: true });
  await cp(await realpath(from), join(root, at), { recursive: true });
}
