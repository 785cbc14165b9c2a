import { buildSettings } from '../builds/build-settings.ts';
import { hasEnded } from '../builds/has-ended.ts';
import { instant } from '../claims.ts';
import type { Build } from '../documents/build.ts';
import { milliseconds } from '../durations.ts';
import { formatKey } from '../names/document-key.ts';
import { type BuildWish, namesOfChildren, stepsOf } from '../plans/wishes.ts';
import type { PushDocuments, PushInput } from './record-push.ts';

export type PlannedBuilds = {
  /** Those that no push has asked for yet. */
  readonly asked: readonly Build[];
  /** Those that others have asked for, and that learn what this push adds to them. */
  readonly told: readonly Build[];
};

/**
 * The builds that a push asks for; one that a notice told of first is completed. A child waits for its parents to
 * end; an image that others build waits for its notice.
 */
export function plannedBuilds(found: PushDocuments, input: PushInput): PlannedBuilds {
  const { wishes, configuration } = input;
  const children = namesOfChildren(wishes);
  const ended = new Set(
    found.builds.flatMap(build => (build !== undefined && hasEnded(build) ? [build.image] : [])),
  );
  const waited = new Set(wishes.map(({ image }) => image).filter(image => !ended.has(image)));
  const asked: Build[] = [];
  const told: Build[] = [];
  for (const [i, wish] of wishes.entries()) {
    const settings = buildSettings(configuration, wish);
    if (settings === undefined) continue;
    const known = ofPush(found.builds[i]);
    const standing = children.get(wish.image);
    if (known !== undefined && (known.branch !== undefined || hasEnded(known))) {
      told.push(...withChildren(known, standing));
      continue;
    }
    const { parent, parents = [] } = wish;
    const isReady = ![parent, ...parents].some(name => name !== undefined && waited.has(name));
    const begins = isReady && settings.builder !== 'none';
    asked.push(askedFor(wish, { ...input, delivery: found.delivery, known, standing, begins }));
  }
  return { asked, told };
}

type Asking = Pick<PushInput, 'repo' | 'push' | 'branchTag' | 'configuration' | 'now'> & {
  readonly delivery: PushDocuments['delivery'];
  readonly known: Build | undefined;
  readonly standing: readonly string[] | undefined;
  readonly begins: boolean;
};

function askedFor(wish: BuildWish, its: Asking): Build {
  const { repo, push, branchTag, configuration, delivery, known, standing, begins, now } = its;
  const { quiet = '0s', priority } = configuration.repos[repo]?.builds ?? {};
  const { image, parent, parents, reasons, carries, since, recipe } = wish;
  return {
    image,
    commit: push.after,
    repo,
    status: 'waiting',
    requestedAt: instant(now),
    steps: [],
    attempts: 0,
    ...known,
    branch: push.name,
    parent,
    steps: [...(known?.steps ?? []), ...stepsOf(wish, instant(now))],
    parents: parents && [...parents],
    children: standing && [...standing],
    reasons: [...reasons],
    carries,
    since,
    recipe,
    branchTag,
    priority: priority === 0 ? undefined : priority,
    delivery: delivery === undefined ? undefined : formatKey(delivery.source, delivery.id),
    due: begins ? instant(now + milliseconds(quiet)) : undefined,
  };
}

function withChildren(known: Build, standing: readonly string[] = []): Build[] {
  const { children = [] } = known;
  const more = standing.filter(name => !children.includes(name));
  return more.length === 0 ? [] : [{ ...known, children: [...children, ...more] }];
}

/** What a pull request built of the same commit is not what its branch wants. */
function ofPush(build: Build | undefined): Build | undefined {
  return build?.tryJob === undefined ? build : undefined;
}
