import type Dockerode from 'dockerode';

const ROUNDS = 10;

/**
 * Forgets the images that the filters name, descendants before what they stand on: the engine refuses to forget an
 * image with children, and does not list them in order. What cannot be forgotten stays; a later test is not in its way.
 */
export async function removeImages(
  docker: Dockerode,
  filters: Readonly<Record<string, string[]>>,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const left = await docker.listImages({ filters });
    if (left.length === 0) return;
    for (const { Id } of left) {
      await docker
        .getImage(Id)
        .remove({ force: true })
        .catch(() => {});
    }
  }
}
