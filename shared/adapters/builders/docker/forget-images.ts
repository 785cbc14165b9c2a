import type Dockerode from 'dockerode';

/** What the engine does not need any more after a build. */
export type Leftovers = {
  /** Names that are taken away, and with them whatever only they kept. */
  readonly names: readonly string[];
  /** The beginnings of ids that the build made or met; those are forgotten that have no name and no use. */
  readonly ids: readonly string[];
};

/**
 * Forgets images and the layers that nothing else uses. Nothing is forced: the engine refuses what another image or
 * a container stands on, and what other builds made meanwhile is left alone. Never throws.
 *
 * @returns how many bytes that freed.
 */
export async function forgetImages(docker: Dockerode, { names, ids }: Leftovers): Promise<number> {
  let freed = 0;
  for (const name of names) freed += await forget(docker, name);
  const nameless = await docker.listImages({ filters: { dangling: ['true'] } }).catch(() => []);
  for (const { Id, RepoTags, RepoDigests } of nameless) {
    const isNamed = [...(RepoTags ?? []), ...(RepoDigests ?? [])].some(name => !name.startsWith('<none>'));
    const isOfBuild = ids.some(id => Id.startsWith(`sha256:${id}`));
    if (isOfBuild && !isNamed) freed += await forget(docker, Id);
  }
  return freed;
}

/** The engine tells what it deleted, but not how large that was: its history does, before. */
async function forget(docker: Dockerode, name: string): Promise<number> {
  try {
    const image = docker.getImage(name);
    const layers: readonly { Id: string; Size: number }[] = await image.history();
    const done: readonly { Deleted?: string }[] = await image.remove();
    const gone = new Set(done.map(({ Deleted }) => Deleted));
    return layers.filter(({ Id }) => gone.has(Id)).reduce((sum, { Size }) => sum + Size, 0);
  } catch {
    // It is in use, or somebody was quicker.
    return 0;
  }
}
