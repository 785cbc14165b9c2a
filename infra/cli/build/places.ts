import type { ImageConfiguration } from '../../../shared/domain/configuration/schema.ts';
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from '../../../shared/domain/names/image-reference.ts';
import type { ImageTree, TreeImage } from '../../../shared/domain/tree/image-tree.ts';
import { CommandError, exitCodes } from '../command.ts';

/** The images with `PREFIX/NAME` as their repositories, where there is a prefix. @throws {CommandError} where that is none. */
export function pushedTo(prefix: string | undefined, images: ImageTree): ImageTree {
  if (prefix === undefined) return images;
  return images.map(image => {
    const repository = `${prefix.replace(/\/+$/, '')}/${image.name}`;
    if (isPlain(parseImageReference(repository))) return { ...image, repository };
    throw failed(
      `Cannot push image "${image.name}" to "${repository}": expected a repository such as 127.0.0.1:5000/try/api`,
    );
  });
}

/** Where an image is pushed. @throws {CommandError} where the file does not say. */
export function placeOf({ name, repository = '' }: TreeImage): ImageReference {
  const place = parseImageReference(repository);
  if (place !== undefined && isPlain(place)) return place;
  throw failed(`Cannot tell where image "${name}" is pushed: no repository is declared; use --push-to`);
}

/** An image that others stand on: where it is, by digest, and the tag that it was found under. */
export type Parent = { readonly place: ImageReference; readonly tag: string; readonly digest: string };

/** A child is given the exact reference of its parent, or its tag alone where it asks for that, as with a spec.yml. */
export function parentArgument(
  { place, tag, digest }: Parent,
  { parentArg, parentTagArg }: Pick<ImageConfiguration, 'parentArg' | 'parentTagArg'>,
): Record<string, string> {
  if (parentTagArg !== undefined) return { [parentTagArg]: tag };
  return { [parentArg]: formatImageReference({ ...place, digest }) };
}

function isPlain(place: ImageReference | undefined): boolean {
  return place !== undefined && place.tag === undefined && place.digest === undefined;
}

function failed(message: string): CommandError {
  return new CommandError(message, exitCodes.failed);
}
