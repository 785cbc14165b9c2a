import type Dockerode from 'dockerode';
import { BuildFailure } from '../../../ports/builder.ts';
import { formatPlatform, suits } from '../layers/platform.ts';
import { readPlatform } from '../read-platform.ts';

/**
 * The engine takes a base of another platform if that is what its name means there, and says nothing.
 * https://github.com/moby/moby/issues/42689
 *
 * @throws {BuildFailure} when the image is not for the platform that was asked for.
 */
export async function refuseOtherPlatform(docker: Dockerode, name: string, asked: string): Promise<void> {
  const { Os, Architecture, Variant } = await docker.getImage(name).inspect();
  const is = { os: Os, architecture: Architecture, ...(Variant && { variant: Variant }) };
  const { variant, ...wanted } = readPlatform(asked);
  // Many images do not say theirs.
  if (suits(is, Variant && variant !== undefined ? { ...wanted, variant } : wanted)) return;
  throw new BuildFailure(
    `Cannot build ${JSON.stringify(name)} for ${asked}: it came out for ${formatPlatform(is)}, as its base is; name a base for ${asked}, or correct platform of this image`,
  );
}
