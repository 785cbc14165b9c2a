import type Dockerode from 'dockerode';
import type { BuildOrder } from '../../../ports/builder.ts';
import { within } from '../../docker/within.ts';
import type { Attempt } from './failed.ts';
import { forgetImages } from './forget-images.ts';

export type CleanUp = {
  readonly docker: Dockerode;
  readonly attempt: Attempt;
  readonly leftovers: {
    /** The id of the image that lost its tag to the new one. */
    readonly replaced: string | undefined;
    /** The beginnings of the ids of what the steps made or met. */
    readonly steps: readonly string[];
    /** The names of images that were pulled for their layers. */
    readonly pulled: readonly string[];
  };
};

/** In milliseconds; the engine goes on by itself when it takes longer. */
const PATIENCE = 60_000;

/**
 * Once nothing more comes of a build: forgets the image that it replaced, if nothing uses it; and the image itself
 * with all that only it needed, where the order says so. Its containers are gone already (`forcerm`). Never throws.
 */
export async function cleanUp(
  { prune = false }: BuildOrder,
  { docker, attempt: { name, transcript }, leftovers }: CleanUp,
): Promise<void> {
  const { replaced, steps, pulled } = leftovers;
  const old = replaced === undefined ? [] : [replaced.replace('sha256:', '')];
  const all = prune ? { names: [name, ...pulled], ids: [...old, ...steps] } : { names: [], ids: old };
  if (all.names.length + all.ids.length === 0) return;
  const freed = await within(PATIENCE, forgetImages(docker, all)).catch(() => undefined);
  if (!prune) return;
  const end = freed === undefined ? 'the engine takes its time' : `${freed} bytes freed`;
  transcript.write(`Forgot ${name} and its layers in the engine: ${end}\n`);
}
