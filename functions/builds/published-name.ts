import type { ImageConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { type ImageReference, parseImageReference } from '../../shared/domain/names/image-reference.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';

/** Its commit, or what a pull request's image is called: Skia's form, which everybody knows to move nothing. */
export function publishedTag({ commit, tryJob }: Pick<Build, 'commit' | 'tryJob'>): string {
  return tryJob === undefined ? commit : `${tryJob.number}_${tryJob.patch}`;
}

/** Where an image is pushed to. */
export function placeOf({ repository }: Pick<ImageConfiguration, 'repository'>): ImageReference {
  const found = parseImageReference(repository);
  if (found === undefined) throw new BuildFailure(`"${repository}" is no image repository`);
  return { registry: found.registry, repository: found.repository };
}
