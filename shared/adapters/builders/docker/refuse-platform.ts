import type Dockerode from 'dockerode';
import type { AuthConfig } from 'dockerode';
import { formatImageReference, type ImageReference } from '../../../domain/names/image-reference.ts';
import { BuildFailure } from '../../../ports/builder.ts';
import { registryAuth } from '../../docker/registry-login.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
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
  throw refused(name, asked, `it came out for ${formatPlatform(is)}, as its base is`);
}

export type Bases = {
  readonly docker: Dockerode;
  readonly name: string;
  readonly bases: readonly ImageReference[];
  readonly credentials: CredentialsFor;
};

/**
 * BuildKit takes a base that is for one platform only as one for whichever was asked for, and the image then says
 * what it is not. What the engine cannot ask its registry for is left to the build.
 * https://github.com/moby/buildkit/issues/1271
 *
 * @throws {BuildFailure} where a registry has a base for others only.
 */
export async function refuseOtherBases(asked: string, its: Bases): Promise<void> {
  const { docker, name, bases, credentials } = its;
  const { os, architecture } = readPlatform(asked);
  for (const base of bases) {
    const authconfig = registryAuth(base.registry, await credentials(base.registry)) as AuthConfig;
    const image = docker.getImage(formatImageReference(base));
    const { Platforms = [] } = (await image.distribution({ authconfig }).catch(() => undefined)) ?? {};
    const known = Platforms.filter(({ architecture }) => architecture !== '');
    if (known.length === 0 || known.some(its => suits(its, { os, architecture }))) continue;
    const words = known.map(({ os, architecture }) => formatPlatform({ os, architecture })).join(', ');
    throw refused(name, asked, `its base ${formatImageReference(base)} is for ${words}`);
  }
}

function refused(name: string, asked: string, why: string): BuildFailure {
  return new BuildFailure(
    `Cannot build ${JSON.stringify(name)} for ${asked}: ${why}; name a base for ${asked}, or correct platform of this image`,
  );
}
