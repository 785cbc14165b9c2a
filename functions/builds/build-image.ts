import { buildSettings } from '../../shared/domain/builds/build-settings.ts';
import type { Configuration, ImageConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { BuildFailure, type Built } from '../../shared/ports/builder.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Records } from '../../shared/records/records.ts';
import { type BuildTested, buildTested, type TestedOrder } from './build-tested.ts';
import { filesOf } from './files-of.ts';
import { orderOf } from './order-of.ts';
import { placeOf, publishedTag } from './published-name.ts';
import type { Taken } from './take-place.ts';

export type BuildImage = BuildTested & {
  readonly records: Records;
  readonly forge: Forge;
  readonly configuration: Configuration;
  /** The value behind a secret reference. */
  readonly secret: (reference: string) => string;
};

export type Building = Pick<TestedOrder, 'record' | 'progress' | 'signal'> & {
  readonly place: Taken;
  /** Told which builder it is, once that is known. */
  readonly told: (builder: string) => void;
};

/**
 * Builds one image and has it tested before anybody can follow it. Its name is its commit, or a pull request's number.
 *
 * @throws {BuildFailure} what can never succeed as it is; whatever else is thrown may pass by itself.
 */
export async function buildImage(its: BuildImage, build: Build, one: Building): Promise<Built> {
  const settings = settingsOf(its, build);
  const builder = one.place.builder();
  one.told(builder.name);
  const { checkout, ...origin } = await filesOf(its, build, settings);
  try {
    const image = { ...placeOf(settings), tag: publishedTag(build) };
    const order = await orderOf(checkout, its, { build, settings, origin });
    return await buildTested(its, { ...one, builder, order: { ...order, image }, settings, checkout });
  } finally {
    await checkout.remove();
  }
}

function settingsOf({ configuration }: BuildImage, build: Build): ImageConfiguration {
  const settings = buildSettings(configuration, build);
  if (settings === undefined)
    throw new BuildFailure(`the configuration no longer names image "${build.image}"`);
  if (settings.builder === 'none') throw new BuildFailure('somebody else builds this image (builder: none)');
  return settings;
}
