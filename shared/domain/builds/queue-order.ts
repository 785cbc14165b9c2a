import { instant } from '../claims.ts';
import type { Build } from '../documents/build.ts';
import { hasEnded, howItEnded } from './has-ended.ts';

/** Why a build is not under way. */
export type Waits = {
  readonly kind: 'parent' | 'image' | 'quiet' | 'pause' | 'failure' | 'turn';
  /** As the end of the sentence "it waits …". */
  readonly text: string;
  /** When it ends by itself. */
  readonly until?: string;
};
export type QueueFacts = {
  /** Waiting or building, in any order. */
  readonly builds: readonly Build[];
  /** A build by its image and commit, also one that has ended; nothing where there is none. */
  readonly known: (image: string, commit: string) => Build | undefined;
  readonly paused?: string | undefined;
  readonly now: number;
};
export type Queued = { readonly build: Build; readonly waits?: Waits };

/** What is under way, then what waits, in the order in which it will go: a parent before what stands on it. */
export function queueOrder(facts: QueueFacts): Queued[] {
  const building = facts.builds
    .filter(({ status }) => status === 'building')
    .toSorted((a, b) => compare(a.startedAt, b.startedAt));
  const depths = new Map<Build, number>();
  const depth = (build: Build): number => {
    const known = depths.get(build);
    if (known !== undefined) return known;
    // Who comes around to itself is at the top of nothing.
    depths.set(build, 0);
    const above = parentsOf(build, facts).filter(parent => parent?.status !== 'succeeded');
    const depthOf = (parent: Build | undefined) => (parent?.status === 'waiting' ? depth(parent) : 0);
    const found = Math.max(-1, ...above.map(depthOf)) + 1;
    depths.set(build, found);
    return found;
  };
  const waiting = facts.builds
    .filter(({ status }) => status === 'waiting')
    .toSorted(
      (a, b) =>
        depth(a) - depth(b) ||
        (b.priority ?? 0) - (a.priority ?? 0) ||
        compare(a.due ?? a.requestedAt, b.due ?? b.requestedAt) ||
        compare(a.image, b.image),
    );
  return [
    ...building.map(build => ({ build })),
    ...waiting.map(build => ({ build, waits: whyWaits(build, facts) })),
  ];
}

function whyWaits(build: Build, facts: QueueFacts): Waits {
  const { known, paused, now } = facts;
  const names = namesAbove(build);
  const parents = parentsOf(build, facts);
  const at = parents.findIndex(parent => parent?.status !== 'succeeded');
  const name = names[at];
  if (name !== undefined) return { kind: 'parent', text: `for ${name}, ${stateOf(parents[at])}` };
  if (paused !== undefined) return { kind: 'pause', text: `since ${paused}` };
  const source = build.carries === undefined ? undefined : known(build.image, build.carries);
  if (source !== undefined && !hasEnded(source)) {
    return {
      kind: 'image',
      text: `for its image of ${source.commit.slice(0, 7)}, which is ${source.status}`,
    };
  }
  if (build.due !== undefined && build.due > instant(now)) {
    if (build.attempts > 0) {
      const tries = build.attempts === 1 ? 'a failure' : `${build.attempts} failures`;
      return { kind: 'failure', text: `after ${tries}: ${build.lastError ?? 'unknown'}`, until: build.due };
    }
    return { kind: 'quiet', text: 'for a newer push of its branch', until: build.due };
  }
  return { kind: 'turn', text: 'for its turn' };
}

function stateOf(parent: Build | undefined): string {
  if (parent === undefined) return 'of which nothing is known';
  return hasEnded(parent) ? `which ${howItEnded(parent)}` : `which is ${parent.status}`;
}

function namesAbove({ parent, parents = [] }: Build): string[] {
  return parent === undefined ? [...parents] : [parent, ...parents];
}

function parentsOf(build: Build, { known }: QueueFacts): (Build | undefined)[] {
  return namesAbove(build).map(image => known(image, build.commit));
}

function compare(a = '', b = ''): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
