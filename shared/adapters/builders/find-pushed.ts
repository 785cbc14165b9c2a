import { type Digest, isDigest } from '../../domain/names/digest.ts';
import { formatImageReference } from '../../domain/names/image-reference.ts';
import { BuildFailure, type BuildOrder } from '../../ports/builder.ts';
import type { Registry } from '../../ports/registry.ts';

type Pushed = {
  readonly registry: Pick<Registry, 'head'>;
  /** What the tag named before. */
  readonly before: Digest | undefined;
  /** What the program wrote into `HEADWAY_DIGEST_FILE`; empty where it did not. */
  readonly told: string;
  readonly program: string;
};

/**
 * What a program that pushes by itself has pushed: what the registry has under the order's tag, which has to be
 * another digest than before, or the one that the program wrote down. Else nobody could tell a push from none.
 *
 * @throws {BuildFailure} when it is not there.
 */
export async function findPushed(
  { image }: BuildOrder,
  { registry, before, told, program }: Pushed,
): Promise<Digest> {
  const after = (await registry.head(image))?.digest;
  const name = JSON.stringify(formatImageReference(image));
  const fail = (state: string) => new BuildFailure(`"${program}" ended well, but ${state}`);
  if (after === undefined) throw fail(`pushed nothing to ${name}; have it push to HEADWAY_IMAGE`);
  if (told !== '' && (!isDigest(told) || told !== after))
    throw fail(`${name} is ${after}, and not ${told}, as it wrote into HEADWAY_DIGEST_FILE`);
  if (told === '' && after === before)
    throw fail(
      `${name} is still ${after}; have it push to HEADWAY_IMAGE, and write the digest into HEADWAY_DIGEST_FILE where that may be the same as before`,
    );
  return after;
}
