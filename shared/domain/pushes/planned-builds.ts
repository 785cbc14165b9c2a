import { buildSettings } from '../builds/build-settings.ts';
import { hasEnded } from '../builds/has-ended.ts';
import { instant } from '../claims.ts';
import type { Build } from '../documents/build.ts';
import { milliseconds } from '../durations.ts';
import { formatKey } from '../names/document-key.ts';
import { type BuildWish, namesOfChildren, stepsOf } from '../plans/wishes.ts';
import type { PushDocuments, PushInput } from './push-facts.ts';

export type PlannedBuilds = {
  /** Those that no push has asked for yet. */
  readonly asked: readonly Build[];
  /** Those that others have asked for, and that learn what this push adds to them. */
  readonly told: readonly Build[];
};

/**
 * The builds that a push asks for; one that a notice told of first is completed, and one that was superseded on another
 * branch wanted again. A child waits for its parents to end; an image that others build waits for its notice.
 */
export function plannedBuilds(found: PushDocuments, input: PushInput): PlannedBuilds {
  const { wishes, configuration } = input;
  const children = namesOfChildren(wishes);
  const onRecord = wishes.map((_, i) => ofPush(found.builds[i], input.push.name));
  const waited = new Set(
    wishes.flatMap(({ image }, i) => {
      const known = onRecord[i];
      return known !== undefined && hasEnded(known) ? [] : [image];
    }),
  );
  const asked: Build[] = [];
  const told: Build[] = [];
  for (const [i, wish] of wishes.entries()) {
    const settings = buildSettings(configuration, wish);
    if (settings === undefined) continue;
    const known = onRecord[i];
    const standing = children.get(wish.image);
    if (known !== undefined && (known.branch !== undefined || hasEnded(known))) {
      told.push(...learning(known, { ...input, standing }));
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
    attempts: 0,
    ...known,
    steps: [...(known?.steps ?? []), ...stepsOf(wish, instant(now))],
    branch: push.name,
    parent,
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

type Learning = Pick<PushInput, 'push' | 'branchTag'> & { readonly standing: readonly string[] | undefined };

/** What else stands on it, and which branch has come to its commit; nothing where that is on record. */
function learning(
  known: Build,
  { push: { name: branch }, branchTag: tag, standing = [] }: Learning,
): Build[] {
  const { children = [], furtherBranches = [] } = known;
  const more = standing.filter(name => !children.includes(name));
  const isOf = [known.branch, ...furtherBranches.map(further => further.branch)].includes(branch);
  if (more.length === 0 && isOf) return [];
  return [
    {
      ...known,
      ...(more.length > 0 && { children: [...children, ...more] }),
      ...(!isOf && { furtherBranches: [...furtherBranches, { branch, ...(tag !== undefined && { tag }) }] }),
    },
  ];
}

/** What a pull request built of the same commit is not what its branch wants; what another branch gave up was never built. */
function ofPush(build: Build | undefined, branch: string): Build | undefined {
  if (build === undefined || build.tryJob !== undefined) return undefined;
  if (build.status !== 'superseded' || build.branch === branch) return build;
  const { image, commit, repo, steps, requestedAt } = build;
  return { image, commit, repo, steps, requestedAt, status: 'waiting', attempts: 0 };
}
