import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import { type PullRequest, parsePullRequest } from '../../shared/domain/deliveries/parse-pull-request.ts';
import { repoOfDelivery } from '../../shared/domain/deliveries/repo-of-delivery.ts';
import { type Outcome, settleDelivery } from '../../shared/domain/deliveries/settle-delivery.ts';
import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { judgePull, type PullVerdict } from '../../shared/domain/pulls/judge-pull.ts';
import { reasonToIgnorePull } from '../../shared/domain/pulls/reason-to-ignore.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Listener } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { deliveries, pulls } from '../../shared/records/collections.ts';
import { put, type Records, refByKey, refTo } from '../../shared/records/records.ts';

/** One head of a pull request. Its images are tagged `NUMBER_PATCH`, and move no tag. */
export type PatchToPlan = {
  readonly repo: string;
  readonly commit: CommitSha;
  /** Of whoever asks: in a fork it may have any name, that of the tracked branch too. */
  readonly branch: string;
  readonly pull: {
    readonly number: number;
    readonly patch: number;
    readonly title: string;
    /** The branch that it is for. */
    readonly base: string;
  };
  /** The key of the delivery that asked for it. */
  readonly delivery: string;
};

export type TakePull = {
  readonly records: Records;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Puts the builds of a patch on record, if they are not there yet. Called again after a crash.
   * @returns what is built, as the end of a sentence: `2 images: api, web`
   */
  readonly plan: (patch: PatchToPlan) => Promise<string>;
  /** Calls off what is built of a pull request. Called again after a crash. */
  readonly callOff: (pull: { readonly repo: string; readonly number: number }) => Promise<void>;
};

/** Turns a stored delivery that tells of a pull request into a patch of it, and that into builds. */
export function createTakePull(its: TakePull): Listener {
  const { records, configuration, log } = its;

  return async function takePull(hint) {
    const delivery = await records.get(refByKey(deliveries, hint.key));
    if (delivery === undefined || delivery.status !== 'waiting') return;
    const told = parsePullRequest(delivery.kind, delivery.body);
    const repo = told && repoOfDelivery(configuration, delivery, told.repoUrls);
    const ignored =
      told === undefined
        ? 'nothing of its commits changed: nothing to do'
        : reasonToIgnorePull(configuration, told, repo);
    if (ignored !== undefined || repo === undefined || told === undefined) {
      return settle(its, delivery, { status: 'ignored', outcome: ignored ?? '' });
    }
    const verdict = await remember(its, { repo, told, delivery });
    const outcome = await outcomeOf(its, verdict, { repo, told, key: hint.key });
    await settle(its, delivery, { status: 'done', outcome });
    log.info('Pull request settled', { repo, pull: told.number, commit: told.head, verdict: verdict.kind });
  };
}

type Told = { readonly repo: string; readonly told: PullRequest };

/** The patch is on record before anything is built of it, so that no other head can get its number. */
function remember(
  { records }: TakePull,
  { repo, told, delivery }: Told & { readonly delivery: Delivery },
): Promise<PullVerdict> {
  return records.transact({ known: refTo(pulls, repo, told.number) }, ({ known }) => {
    const result = judgePull(known, { repo, told, received: delivery.receivedAt });
    return { result, writes: 'pull' in result ? [put(pulls, result.pull)] : [] };
  });
}

async function outcomeOf(
  { plan, callOff }: TakePull,
  verdict: PullVerdict,
  { repo, told, key }: Told & { readonly key: string },
): Promise<string> {
  const { number, head: commit, headBranch: branch, title, base } = told;
  if (verdict.kind === 'closed') {
    await callOff({ repo, number });
    return `pull request ${number} was closed: nothing is built`;
  }
  if (verdict.kind === 'overtaken') return `pull request ${number} has changed since: nothing is built`;
  const pull = { number, patch: verdict.patch, title, base };
  return `pull request ${number}, patch ${verdict.patch}: ${await plan({ repo, commit, branch, pull, delivery: key })}`;
}

async function settle({ records, clock }: TakePull, delivery: Delivery, outcome: Outcome): Promise<void> {
  const ref = refTo(deliveries, delivery.source, delivery.id);
  await records.transact({ found: ref }, ({ found }) => ({
    result: undefined,
    writes: found === undefined ? [] : [put(deliveries, settleDelivery(found, outcome, clock.now()))],
  }));
}
