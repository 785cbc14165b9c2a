import { setTimeout as later } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Observation, Target } from '../../shared/ports/target.ts';

/** A fresh place with one service that has never been deployed, and ways to look at it behind the target's back. */
export type TargetUnderTest = {
  readonly target: Target;
  readonly name: string;
  readonly service: ServiceConfiguration;
  /** The repository, without tag and digest. */
  readonly image: ImageReference;
  /** What the target says before the first deploy: `absent`, unless the place always holds something. */
  readonly before: Observation['state'];
  readonly digests: {
    readonly v1: Digest;
    readonly v2: Digest;
    /** It can be fetched but does not run; absent where the target does not run anything itself. */
    readonly bad?: Digest;
  };
  /** The digest that really is there now. */
  readonly there: () => Promise<Digest | undefined>;
  /** Everything that a needless repeat would change: container ids, commits. */
  readonly trace: () => Promise<unknown>;
  /** A person puts something of their own in the service's place. */
  readonly takeOver: () => Promise<void>;
  /** For how long an accepted deploy may take until it is seen, in milliseconds; at once when absent. */
  readonly patience?: number;
  /** Whether `list` shows the service; false where a target cannot be asked. */
  readonly listed: boolean;
  /** The same target, at an address where nothing answers. */
  readonly unreachable: Target;
  close(): Promise<void>;
};

type Register = (title: string, implementation: (t: ExecutionContext) => Promise<void>) => void;
/** Opens the place, or says aloud why it cannot and returns nothing. */
export type OpenTarget = (t: ExecutionContext) => Promise<TargetUnderTest | undefined>;

/** What every {@link Target} promises, whatever is behind it. */
export function targetContract(test: Register, name: string, open: OpenTarget): void {
  const claim = (title: string, check: (t: ExecutionContext, place: TargetUnderTest) => Promise<void>) => {
    test(`${name} ${title}`, async t => {
      const place = await open(t);
      if (place === undefined) {
        t.pass();
        return;
      }
      try {
        await check(t, place);
      } finally {
        await place.close();
      }
    });
  };

  claim('does not claim that something runs before the first deploy', async (t, place) => {
    const { target, name, service, image, before } = place;
    t.is((await target.observe(name, service, image)).state, before);
  });

  claim('observes running the digest that it deployed', async (t, place) => {
    t.like(await deploy(place, place.digests.v1), { kind: 'accepted' });
    t.deepEqual(await observe(place), { state: 'running', digest: place.digests.v1 });
    t.is(await place.there(), place.digests.v1);
  });

  claim('changes nothing when a deploy is repeated', async (t, place) => {
    await deploy(place, place.digests.v1);
    await observe(place);
    const trace = await place.trace();
    t.like(await deploy(place, place.digests.v1), { kind: 'accepted' });
    t.deepEqual(await place.trace(), trace);
    t.deepEqual(await observe(place), { state: 'running', digest: place.digests.v1 });
  });

  claim('replaces one digest with another, forwards and back', async (t, place) => {
    for (const digest of [place.digests.v1, place.digests.v2, place.digests.v1]) {
      t.like(await deploy(place, digest), { kind: 'accepted' });
      t.deepEqual(await observe(place), { state: 'running', digest });
      t.is(await place.there(), digest);
    }
  });

  claim('says why a digest does not run, and what ran before goes on', async (t, place) => {
    const { v1, bad } = place.digests;
    if (bad === undefined) {
      t.pass();
      return;
    }
    await deploy(place, v1);
    await observe(place);
    const answer = await deploy(place, bad);
    if (answer.kind === 'accepted') {
      const seen = await observe(place);
      t.true(
        (seen.state === 'unhealthy' || seen.state === 'failed') && seen.reason.length > 20,
        JSON.stringify(seen),
      );
      t.is(await place.there(), v1, 'what ran before goes on meanwhile');
      t.like(await deploy(place, v1), { kind: 'accepted' });
    } else t.true(answer.kind === 'failed' && answer.reason.length > 20, 'the reason is a sentence');
    t.deepEqual(await observe(place), { state: 'running', digest: v1 });
    t.is(await place.there(), v1);
  });

  claim('lists what it deployed, with what is declared and what runs', async (t, place) => {
    if (!place.listed) {
      t.deepEqual(await place.target.list(AbortSignal.timeout(10_000)), []);
      return;
    }
    await deploy(place, place.digests.v1);
    await observe(place);
    const found = await place.target.list(AbortSignal.timeout(30_000));
    const { workload = place.name } = place.service;
    const own = found.find(one => one.workload === workload || one.workload === place.name);
    t.is(own?.digest, place.digests.v1);
    t.like(own?.image, { registry: place.image.registry, repository: place.image.repository });
    t.false(own?.updating);
  });

  claim('leaves what a person put there alone', async (t, place) => {
    await place.takeOver();
    const trace = await place.trace();
    t.is((await observe(place)).state, 'held');
    t.is((await deploy(place, place.digests.v1)).kind, 'held');
    t.deepEqual(await place.trace(), trace);
  });

  claim('gives up when the signal says so, and what ran before goes on', async (t, place) => {
    await deploy(place, place.digests.v1);
    await observe(place);
    const given = await deploy(place, place.digests.v2, AbortSignal.abort()).catch(() => 'gave up');
    t.true(given === 'gave up' || (typeof given === 'object' && given.kind === 'failed'));
    t.deepEqual(await observe(place), { state: 'running', digest: place.digests.v1 });
    t.is(await place.there(), place.digests.v1);
  });

  claim('is unknown, not absent, when it cannot be reached', async (t, place) => {
    const { unreachable, name, service, image } = place;
    const observed = await unreachable.observe(name, service, image);
    if (place.listed) await t.throwsAsync(() => unreachable.list(AbortSignal.timeout(10_000)));
    t.true(observed.state === 'unknown' && observed.reason.length > 20, 'with a sentence why');
    await t.throwsAsync(() => deploy({ ...place, target: unreachable }, place.digests.v1));
  });
}

/** What is seen once what was asked for has had its time. */
async function observe({ target, name, service, image, patience = 0 }: TargetUnderTest) {
  const until = performance.now() + patience;
  for (;;) {
    const seen = await target.observe(name, service, image);
    if (seen.state !== 'updating' || performance.now() > until) return seen;
    await later(200);
  }
}

function deploy({ target, name, service, image }: TargetUnderTest, digest: Digest, signal?: AbortSignal) {
  return target.deploy({ name, service, image: { ...image, digest } }, signal ?? AbortSignal.timeout(60_000));
}
