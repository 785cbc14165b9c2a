import { type BuildVerdict, judgeBuild } from '../../shared/domain/builds/judge-build.ts';
import { wakeChildren } from '../../shared/domain/builds/wake-children.ts';
import { builtChildrenOf, repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { type Builder, BuildFailure, type Built } from '../../shared/ports/builder.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Hint, Hints, Listener } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { ShowProgress } from '../../shared/ports/progress.ts';
import { builds } from '../../shared/records/collections.ts';
import { put, type RecordRef, type Records, refByKey, refTo } from '../../shared/records/records.ts';
import { withClaim } from '../../shared/records/with-claim.ts';
import { type End, finishBuild } from './finish-build.ts';
import { createOutput } from './output.ts';

export type RunBuild = {
  readonly records: Records;
  readonly hints: Hints;
  readonly forge: Forge;
  readonly configuration: Configuration;
  /** The builder for an image, by its word in the configuration. */
  readonly builder: (word: string) => Promise<Builder>;
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
  const { records, clock, worker, log } = its;

  return async function runBuild(hint) {
    const ref = refByKey(builds, hint.key);
    const known = await records.get(ref);
    if (known === undefined) return;
    const verdict = await claim(its, ref, known);
    if (verdict.kind === 'give up') {
      const { image, commit, lastError: reason } = verdict.build;
      log.info('Build given up', { image, commit, reason });
      await its.hints.publish(verdict.woken.map(hintOf));
    }
    if (verdict.kind === 'build') {
      await withClaim({ records, collection: builds, ref, by: worker, lasts: CLAIM_MS, clock }, lost =>
        buildAndTell(its, verdict.build, lost),
      );
    }
  };
}

/** One transaction: what is to be done, claimed; a build that is given up wakes those that stand on it. */
function claim(
  { records, configuration, clock, worker, newId }: RunBuild,
  ref: RecordRef<Build>,
  { image, commit, parent }: Build,
): Promise<BuildVerdict & { readonly woken: readonly Build[] }> {
  const children = builtChildrenOf(configuration, image).map(child => refTo(builds, child, commit));
  const refs = { build: ref, parent: refTo(builds, parent ?? '', commit), children };
  const mine = { now: clock.now(), by: worker, lasts: CLAIM_MS, buildId: newId() };
  return records.transact(refs, ({ children, ...found }) => {
    const verdict = judgeBuild({ ...found, builder: configuration.images[image]?.builder }, mine);
    const woken = verdict.kind === 'give up' ? wakeChildren(children, verdict.build, mine.now) : [];
    const changed = 'build' in verdict ? [verdict.build, ...woken] : woken;
    return { result: { ...verdict, woken }, writes: changed.map(build => put(builds, build)) };
  });
}

function hintOf({ image, commit }: Build): Hint {
  return { topic: 'builds', collection: 'builds', key: refTo(builds, image, commit).key };
}

async function buildAndTell(its: RunBuild, build: Build, lost: AbortSignal): Promise<void> {
  const output = createOutput(its, build);
  const end = await endOf(its, build, { output, lost });
  await finishBuild(its, build, { ...end, log: output.tail(), builder: output.builder });
}

type Trying = { readonly output: ReturnType<typeof createOutput>; readonly lost: AbortSignal };

/** @throws what may pass by itself, until it was tried often enough. */
async function endOf(its: RunBuild, build: Build, { output, lost }: Trying): Promise<End> {
  const { timeout } = its.configuration.builds;
  const deadline = AbortSignal.timeout(milliseconds(timeout));
  try {
    return { built: await buildOnce(its, build, { output, signal: AbortSignal.any([lost, deadline]) }) };
  } catch (error) {
    if (lost.aborted) throw error;
    if (deadline.aborted) return { failure: `no end within ${timeout}` };
    const isFinal = error instanceof BuildFailure || error instanceof PermanentError;
    if (isFinal || build.attempts + 1 >= TRIES) return { failure: messageOf(error) };
    throw error;
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
  const facts = await forge.commit(build.repo, build.commit);
  const checkout = await forge.checkout(build.repo, build.commit);
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
