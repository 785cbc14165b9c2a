import { randomUUID } from 'node:crypto';
import { type Digest, isDigest } from '../../domain/names/digest.ts';
import { formatImageReference, type ImageReference } from '../../domain/names/image-reference.ts';
import { BuildFailure, type BuildOrder } from '../../ports/builder.ts';
import type { Registry } from '../../ports/registry.ts';

/** The registry as far as a program that pushes by itself is followed there. */
export type ProgramRegistry = Pick<Registry, 'head' | 'retag' | 'untag'>;
type Following = {
  readonly registry: ProgramRegistry;
  readonly program: string;
  readonly signal: AbortSignal;
};

/**
 * Has a program build and push by itself, and tells what it pushed: what the registry has afterwards under the tag of
 * the order that it is given. Where that tag is there already, as after a crash, it is given another one, which is taken
 * away again: else nobody could tell a push of the same image from none.
 *
 * @param run gives what the program wrote into `HEADWAY_DIGEST_FILE`; empty where it did not. A program that finds the
 *   image in the registry need not push it again if it writes that down.
 * @throws {BuildFailure} when it pushed nothing, or not what it says.
 */
export async function pushByProgram(
  order: BuildOrder,
  { registry, program, signal }: Following,
  run: (order: BuildOrder) => Promise<string>,
): Promise<Digest> {
  const { image } = order;
  const { tag = 'latest' } = image;
  const isThere = (await registry.head(image)) !== undefined;
  const own = isThere ? `${tag}-${randomUUID().slice(0, 8)}` : tag;
  const told = await run({ ...order, image: { ...image, tag: own } });
  const tagged = (await registry.head({ ...image, tag: own }))?.digest;
  const digest = await pushed({ ...image, tag: own }, { registry, program, told, tagged });
  if (own !== tag || tagged === undefined) await registry.retag(image, digest, tag, signal);
  // Not every registry can take a tag away, and this one harms nobody.
  if (own !== tag) await registry.untag(image, own, signal).catch(() => {});
  return digest;
}

type Pushed = Pick<Following, 'registry' | 'program'> & {
  readonly told: string;
  readonly tagged: Digest | undefined;
};

async function pushed(image: ImageReference, { registry, program, told, tagged }: Pushed): Promise<Digest> {
  const name = JSON.stringify(formatImageReference(image));
  const fail = (state: string) => new BuildFailure(`"${program}" ended well, but ${state}`);
  if (tagged !== undefined && (told === '' || told === tagged)) return tagged;
  if (tagged !== undefined)
    throw fail(`${name} is ${tagged}, and not ${told}, as it wrote into HEADWAY_DIGEST_FILE`);
  if (told === '') throw fail(`pushed nothing to ${name}; have it push to HEADWAY_IMAGE`);
  const { registry: host, repository } = image;
  const isKnown =
    isDigest(told) && (await registry.head({ registry: host, repository, digest: told })) !== undefined;
  if (isKnown) return told;
  throw fail(`${told}, which it wrote into HEADWAY_DIGEST_FILE, is not in the registry`);
}
