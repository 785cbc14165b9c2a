import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { runProgram } from '../helpers/run-program.ts';

/** Where a tag is moved to an image that the repository has. */
export type Move = { readonly host: string; readonly repository: string; readonly digest: Digest };

/** One way to move the tag `prod`. */
export type Mover = {
  readonly name: string;
  readonly rounds: number;
  /** What one must know to compare it with the others. */
  readonly note?: string;
  move(move: Move): Promise<unknown>;
  /** Takes away what a move left on this machine; not part of the time. */
  cleanUp?(move: Move): Promise<unknown>;
};

export const client = createRegistryClient({ credentials: async () => undefined });

export const headway: Mover = {
  name: 'headway',
  rounds: 25,
  note: 'headway moves it in a process that runs anyway; the others are commands, so their start is part of the time.',
  move: ({ host, repository, digest }) => client.retag({ registry: host, repository }, digest, 'prod'),
};

export const skopeo: Mover = {
  name: 'skopeo copy',
  rounds: 25,
  move: ({ host, repository, digest }) =>
    run('skopeo', [
      'copy',
      '--quiet',
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      `docker://${host}/${repository}@${digest}`,
      `docker://${host}/${repository}:prod`,
    ]),
};

export const docker: Mover = {
  name: 'docker pull, tag, push',
  rounds: 4,
  note: 'docker needs the layer, of 16 MB, on this machine, and writes a manifest of its own, which has another digest.',
  async move({ host, repository, digest }) {
    const name = `${host}/${repository}`;
    await run('docker', ['pull', '--quiet', `${name}@${digest}`]);
    await run('docker', ['tag', `${name}@${digest}`, `${name}:prod`]);
    await run('docker', ['push', '--quiet', `${name}:prod`]);
  },
  /** The last tag takes the image with it, and its digests. */
  cleanUp: ({ host, repository }) => run('docker', ['image', 'rm', `${host}/${repository}:prod`]),
};

async function run(program: string, args: readonly string[]): Promise<string> {
  const said = await runProgram(program, args);
  if (said === undefined) throw new Error(`Cannot run ${program}: it is not installed`);
  return said;
}
