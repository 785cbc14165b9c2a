import type { Configuration, ImageConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import type { Checkout, Forge } from '../../shared/ports/forge.ts';

type Files = {
  readonly checkout: Checkout;
  /** The commit's time in milliseconds; nothing where the forge does not know it. */
  readonly epoch: number | undefined;
};

/**
 * The files that an image is built from: those of its commit, or, for an image that belongs to the commits of its
 * parent in another repo, those at the head of the tracked branch of its own.
 */
export async function filesOf(
  { forge, configuration }: { readonly forge: Forge; readonly configuration: Configuration },
  build: Build,
  { source }: ImageConfiguration,
): Promise<Files> {
  const facts = await forge.commit(build.repo, build.commit);
  const epoch = facts === undefined ? undefined : Date.parse(facts.committedAt);
  if (source === undefined) return { checkout: await forge.checkout(build.repo, build.commit), epoch };
  const branch = configuration.repos[source]?.branch ?? 'main';
  const head = await forge.head(source, branch);
  if (head === undefined) throw new BuildFailure(`repo "${source}" has no branch "${branch}"`);
  return { checkout: await forge.checkout(source, head), epoch };
}
