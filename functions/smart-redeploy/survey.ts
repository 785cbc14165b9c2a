import { instant } from '../../shared/domain/claims.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { StandingHold } from '../../shared/domain/documents/hold.ts';
import type { Finding, Remark, Report } from '../../shared/domain/documents/survey.ts';
import { judgeDrift } from '../../shared/domain/drift/judge-drift.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import { covers, heldSentence } from '../../shared/domain/holds/judge-holds.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { ImageStore } from '../../shared/ports/image-store.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import type { Target } from '../../shared/ports/target.ts';
import { readHolds } from '../../shared/records/holds.ts';
import type { Records } from '../../shared/records/records.ts';
import { findPushes } from './find-pushes.ts';
import { findTags } from './find-tags.ts';
import { listTargets, type Subject } from './list-targets.ts';
import { mend } from './mend.ts';
import { createPublishedImages, type PublishedImages } from './published.ts';

export type SurveyOptions = {
  readonly records: Records;
  readonly hints: Hints;
  readonly configuration: Configuration;
  readonly registry: Pick<Registry, 'head'> & Pick<ImageStore, 'manifest'>;
  readonly forge: Pick<Forge, 'head'>;
  readonly target: (name: string) => Promise<Target | undefined>;
  readonly clock: Clock;
  readonly log: Log;
  readonly redact: (text: string) => string;
};
type Run = {
  /** Reports and touches nothing. */
  readonly dryRun: boolean;
  /** Who says that what drifted is mended past its holds. */
  readonly pastHold?: string | undefined;
  /** The reference to begin with. */
  readonly cursor?: string | undefined;
};

/**
 * Compares, for every service at every target, the digest that runs with the one that is published, and has what
 * drifted looked at: by the same functions, documents and judges as every other wish. Also finds pushes that no
 * webhook told of and tags that others moved. Each distinct reference is looked up once. When the time ends, `next`
 * is the reference to go on from.
 */
export async function survey(
  its: SurveyOptions,
  { dryRun, cursor, pastHold }: Run,
): Promise<{ readonly report: Report; readonly next: string | undefined }> {
  const { configuration, clock } = its;
  const { budget, concurrency } = configuration.smartRedeploy;
  const from = clock.now();
  const until = from + milliseconds(budget);
  const published = createPublishedImages({ registry: its.registry, clock, atOnce: concurrency });
  const [{ subjects, remarks }, pushes] = await Promise.all([listTargets(its, until), findPushes(its)]);
  const groups = rotate(groupByReference(subjects), cursor);
  const holds = pastHold === undefined ? await readHolds(its) : [];
  const findings: Finding[] = [];
  let next: string | undefined;
  for (let at = 0; at < groups.length; at += concurrency) {
    const batch = groups.slice(at, at + concurrency);
    if (clock.now() > until && at > 0) {
      next = batch[0]?.[0];
      break;
    }
    const found = await Promise.all(
      batch
        .flatMap(([, all]) => all)
        .map(async one => unlessHeld(await judge(its, one, published), one, holds)),
    );
    findings.push(...found);
  }
  const moved = await findTags(its, published);
  const report: Report = {
    at: instant(from),
    dryRun,
    complete: next === undefined,
    milliseconds: Math.max(0, clock.now() - from),
    lookups: published.lookups(),
    findings,
    remarks: [...remarks, ...moved.remarks, ...pushes.remarks].map(remark => redacted(remark, its.redact)),
  };
  if (!dryRun) await mend(its, { findings, subjects, tags: moved.tags, pushes: pushes.missed, pastHold });
  return { report, next };
}

async function judge(its: SurveyOptions, subject: Subject, images: PublishedImages): Promise<Finding> {
  const { target, service, reference, document, settings, discovered } = subject;
  const names = { target, service, image: subject.name };
  const now = its.clock.now();
  const read = await images.of(reference);
  const running = await subject.running();
  const judged = judgeDrift(document, { running, published: read, now });
  if (judged.verdict !== 'redeploy' || running.state !== 'running') return named(judged);
  // A platform's own digest is not another image; and what the list did not tell, the target itself may.
  const exact = await images.platformsOf(reference, read);
  const again = judgeDrift(document, { running, published: exact, now });
  if (again.verdict !== 'redeploy' || settings === undefined) return named(again);
  const looked = await subject.look();
  return named(judgeDrift(document, { running: looked, published: exact, now }));

  function named(verdict: ReturnType<typeof judgeDrift>): Finding {
    const { reason } = verdict;
    const isNew = discovered && document === undefined && verdict.verdict !== 'unknown';
    return {
      ...names,
      ...verdict,
      ...(reason !== undefined && { reason: its.redact(reason) }),
      ...(isNew && { verdict: 'discovered' as const }),
    };
  }
}

/** Automation stops in front of a hold, and says so. */
function unlessHeld(
  finding: Finding,
  { target, service, follows: { image } }: Subject,
  holds: readonly StandingHold[],
): Finding {
  if (finding.verdict !== 'redeploy') return finding;
  const hold = holds.find(({ scope }) => covers(scope, { kind: 'service', target, service, image }));
  return hold === undefined ? finding : { ...finding, verdict: 'held', reason: heldSentence(hold) };
}

/** Subjects by the reference that they follow, in the order of the references. */
function groupByReference(subjects: readonly Subject[]): [string, Subject[]][] {
  const groups = new Map<string, Subject[]>();
  for (const subject of subjects) {
    const group = groups.get(subject.name) ?? [];
    group.push(subject);
    groups.set(subject.name, group);
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The same, beginning where the last survey stopped. */
function rotate<T>(groups: readonly [string, T][], cursor: string | undefined): [string, T][] {
  const at = cursor === undefined ? 0 : groups.findIndex(([name]) => name >= cursor);
  return at <= 0 ? [...groups] : [...groups.slice(at), ...groups.slice(0, at)];
}

function redacted(remark: Remark, redact: (text: string) => string): Remark {
  return { ...remark, says: redact(remark.says) };
}
