import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';

const run = promisify(execFile);

/** What the README shows, with all that makes it run without a daemon and in a container. */
const SCRIPT = `#!/bin/sh
set -eu
set -- --format docker --isolation chroot --tls-verify=false
while IFS= read -r arg; do set -- "$@" --build-arg "$arg"; done < "$HEADWAY_ARGS"
while IFS= read -r label; do set -- "$@" --label "$label"; done < "$HEADWAY_LABELS"
for file in "$HEADWAY_SECRETS"/*; do
  [ ! -e "$file" ] || set -- "$@" --secret "id=\${file##*/},src=$file"
done
buildah bud "$@" --layers=false --file "$HEADWAY_DOCKERFILE" --tag "$HEADWAY_IMAGE" .
buildah push --tls-verify=false --digestfile "$HEADWAY_DIGEST_FILE" "$HEADWAY_IMAGE"
`;

/**
 * A program that builds with buildah, with a store of its own that goes with the test; nothing on a machine without it.
 * Where everything was promised (`CI=true` and `HEADWAY_E2E=1`) it fails instead.
 */
export async function buildahProgram(t: ExecutionContext) {
  const version = await run('buildah', ['--version']).catch(() => undefined);
  if (version === undefined) {
    if (process.env['CI'] === 'true' && process.env['HEADWAY_E2E'] === '1')
      throw new Error('buildah is missing');
    t.log('skipped: needs buildah');
    t.pass();
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'headway-buildah-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const program = join(folder, 'build');
  await writeFile(program, SCRIPT);
  await chmod(program, 0o755);
  const storage = join(folder, 'storage.conf');
  const root = `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/store"\nrunroot = "${folder}/run"\n`;
  await writeFile(storage, root);
  return { command: [program], environment: { CONTAINERS_STORAGE_CONF: storage } };
}
