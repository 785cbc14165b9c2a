import type { Configuration, ImageConfiguration } from '../configuration/schema.ts';
import type { Build } from '../documents/build.ts';

/** How an image is built at a commit: as the commit says, else as the configuration does; nothing where neither does. */
export function buildSettings(
  { images }: Pick<Configuration, 'images'>,
  build: Pick<Build, 'image' | 'recipe'>,
): ImageConfiguration | undefined {
  return build.recipe ?? (Object.hasOwn(images, build.image) ? images[build.image] : undefined);
}

/** All that makes one image another beside its files and its parent, in one text. */
export function madeWith(settings: ImageConfiguration): string {
  const { context, dockerfile, parent, parentArg, parentTagArg, args, platform, builder, source } = settings;
  const names = Object.keys(args).toSorted();
  return JSON.stringify([
    [context, dockerfile, parent, parentArg, parentTagArg, platform, builder, source],
    names.map(name => [name, args[name]]),
  ]);
}
