import { instant, isClaimed } from '../../shared/domain/claims.ts';
import type { Report, Survey } from '../../shared/domain/documents/survey.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import { pauseAfter } from '../../shared/domain/pauses.ts';
import { surveys } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { withClaim } from '../../shared/records/with-claim.ts';
import { type SurveyOptions, survey } from './survey.ts';

/** What a person asks for; `pastHold` says who goes past holds. */
export type SurveyWish = { readonly dryRun: boolean; readonly pastHold?: string | undefined };

export type Surveys = {
  /** Runs the survey if it is due and nobody else is at it. Never throws: what went wrong is in its document. */
  whenDue(): Promise<Report | undefined>;
  /** Runs it now. */
  now(run: SurveyWish): Promise<Report>;
};

const ID = 'smart-redeploy';
const CLAIM_MS = 60_000;
const KEPT = 100;
/** What was cut off by its time goes on so soon. */
const GO_ON_MS = 1_000;

/** The survey on its schedule, with the place where the last one stopped in a document. */
export function createSurveys(its: SurveyOptions & { readonly worker: string }): Surveys {
  const { records, clock, worker, configuration, log, redact } = its;
  const ref = refTo(surveys, ID);
  const every = milliseconds(configuration.smartRedeploy.every);

  return {
    async whenDue() {
      const mine = await records.transact({ known: ref }, ({ known }) => {
        const now = clock.now();
        const waits = known?.due !== undefined && known.due > instant(now);
        if (known !== undefined && (isClaimed(known, now) || waits)) return { result: undefined, writes: [] };
        const until = instant(now + CLAIM_MS);
        const claimed = { ...(known ?? first), claim: { by: worker, until }, due: until };
        return { result: claimed, writes: [put(surveys, claimed)] };
      });
      if (mine === undefined) return undefined;
      try {
        const { report, next } = await withClaim(
          { records, collection: surveys, ref, by: worker, lasts: CLAIM_MS, clock },
          () => survey(its, { dryRun: false, cursor: mine.cursor }),
        );
        const due = instant(clock.now() + (next === undefined ? every : GO_ON_MS));
        await settle({ ...summaryOf(report), cursor: next, due, attempts: 0, lastError: undefined });
        log.info('Survey done', {
          ...countsOf(report),
          lookups: report.lookups,
          milliseconds: report.milliseconds,
        });
        return report;
      } catch (error) {
        const lastError = redact(error instanceof Error ? error.message : String(error));
        const attempts = mine.attempts + 1;
        log.error('Survey failed', { error: lastError, attempts });
        await settle({ attempts, lastError, due: instant(clock.now() + pauseAfter(attempts)) });
        return undefined;
      }
    },
    async now(wish) {
      const { report } = await survey(its, wish);
      return report;
    },
  };

  async function settle(result: Partial<Survey>): Promise<void> {
    await records.transact({ known: ref }, ({ known }) => ({
      result: undefined,
      writes: known?.claim?.by === worker ? [put(surveys, { ...known, ...result, claim: undefined })] : [],
    }));
  }
}

const first: Survey = { id: ID, findings: [], remarks: [], attempts: 0 };

function summaryOf(report: Report): Partial<Survey> {
  return {
    at: report.at,
    complete: report.complete,
    counts: countsOf(report),
    findings: report.findings.filter(({ verdict }) => verdict !== 'current').slice(0, KEPT),
    remarks: report.remarks.slice(0, KEPT),
  };
}

function countsOf({ findings }: Report): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict } of findings) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}
