import { type BuildClaim, judgeBuild } from '../../shared/domain/builds/judge-build.ts';
import { repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { type Builder, BuildFailure, type Built } from '../../shared/ports/builder.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Hints, Listener } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { builds } from '../../shared/records/collections.ts';
import { put, type Records, refByKey, refTo } from '../../shared/records/records.ts';
import { withClaim } from '../../shared/records/with-claim.ts';
import { finishBuild } from './finish-build.ts';
import { createOutput, type ShowProgress } from './output.ts';

export type RunBuild = {
  readonly records: Records;
  readonly hints: Hints;
  readonly forge: Forge;
  readonly configuration: Configuration;
  /** The builder for an image, by its word in the configuration. */
  readonly builder: (word: 'auto' | 'docker' | 'layers') => Promise<Builder>;
  readonly clock: Clock;
  readonly log: Log;
  /** Who claims. */
  readonly worker: string;
  /** A fresh id for each try. */
  readonly newId: () => string;
  readonly redact: (text: string) => string;
  readonly show: ShowProgress;
};

const CLAIM_MS = 60_000;
/** A failure that may pass by itself is tried this often in all. */
const TRIES = 4;

/** Builds one image at one commit, pushes it, and stores the notice of its end. */
export function createRunBuild(its: RunBuild): Listener {
  const { records, clock, worker, newId } = its;

  return async function runBuild(hint) {
    const ref = refByKey(builds, hint.key);
    const known = await records.get(ref);
    if (known === undefined) return;
    const parent = refTo(builds, known.parent ?? '', known.commit);
    const claim: BuildClaim = { now: clock.now(), by: worker, lasts: CLAIM_MS, buildId: newId() };
    const verdict = await records.transact({ build: ref, parent }, found => {
      const judged = judgeBuild(found.build, found.parent, claim);
      return { result: judged, writes: 'build' in judged ? [put(builds, judged.build)] : [] };
    });
    if (verdict.kind === 'give up') await finishBuild(its, verdict.build, { failure: verdict.reason });
    if (verdict.kind === 'build') {
      await withClaim({ records, collection: builds, ref, by: worker, lasts: CLAIM_MS, clock }, lost =>
        buildAndTell(its, verdict.build, lost),
      );
    }
  };
}

async function buildAndTell(its: RunBuild, build: Build, lost: AbortSignal): Promise<void> {
  const output = createOutput(its, build);
  const deadline = AbortSignal.timeout(milliseconds(its.configuration.builds.timeout));
  try {
    const built = await buildOnce(its, build, { output, signal: AbortSignal.any([lost, deadline]) });
    await finishBuild(its, build, { built, log: output.tail(), builder: output.builder });
  } catch (error) {
    if (lost.aborted) throw error;
    const final =
      error instanceof BuildFailure ||
      error instanceof PermanentError ||
      deadline.aborted ||
      build.attempts + 1 >= TRIES;
    if (!final) throw error;
    const failure = deadline.aborted ? `no end within ${its.configuration.builds.timeout}` : messageOf(error);
    await finishBuild(its, build, { failure, log: output.tail(), builder: output.builder });
  }
}

type Surroundings = { readonly output: ReturnType<typeof createOutput>; readonly signal: AbortSignal };

async function buildOnce(its: RunBuild, build: Build, { output, signal }: Surroundings): Promise<Built> {
  const { forge, configuration } = its;
  const settings = configuration.images[build.image];
  if (settings === undefined)
    throw new BuildFailure(`the configuration no longer names image "${build.image}"`);
  if (settings.builder === 'none') throw new BuildFailure('somebody else builds this image (builder: none)');
  const builder = await its.builder(settings.builder);
  output.builder = builder.name;
  const [facts, checkout] = await Promise.all([
    forge.commit(build.repo, build.commit),
    forge.checkout(build.repo, build.commit),
  ]);
  try {
    return await builder.build(
      {
        image: { ...repositoryOf(configuration, build.image), tag: build.commit },
        context: await checkout.folder(settings.context),
        dockerfile: settings.dockerfile,
        args: { ...settings.args, ...parentArgument(configuration, build) },
        labels: labels(configuration, build, facts?.committedAt),
        epoch: facts === undefined ? 0 : Date.parse(facts.committedAt),
        ...(settings.platform !== undefined && { platform: settings.platform }),
      },
      output,
      signal,
    );
  } finally {
    await checkout.remove();
  }
}

/** The parent's exact image, so that a child stands on the parent of its own commit and on no other. */
function parentArgument(configuration: Configuration, build: Build): Record<string, string> {
  if (build.parent === undefined || build.parentDigest === undefined) return {};
  const reference = { ...repositoryOf(configuration, build.parent), digest: build.parentDigest };
  return { [configuration.images[build.image]?.parentArg ?? 'BASE']: formatImageReference(reference) };
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
function labels(
  { repos }: Configuration,
  build: Build,
  committedAt: string | undefined,
): Record<string, string> {
  return {
    'org.opencontainers.image.revision': build.commit,
    'org.opencontainers.image.source': repos[build.repo]?.url ?? '',
    ...(committedAt !== undefined && { 'org.opencontainers.image.created': committedAt }),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
