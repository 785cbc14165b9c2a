import type { Build } from '../documents/build.ts';
import type { CommitReport } from './commit-report.ts';

/**
 * What people see of a build beside its commit. The link leads to the commit on headway's page, where each of its
 * images is shown.
 *
 * @param page where headway's page is, e.g. `https://headway.acme.com`; no link without it
 */
export function reportOfBuild(
  build: Build,
  { page }: { readonly page?: string | undefined } = {},
): CommitReport {
  const link = page === undefined ? undefined : `${page.replace(/\/+$/, '')}/${addressOf(build)}`;
  return {
    ...stateOf(build),
    context: `headway/${build.image}`,
    ...(link !== undefined && { link }),
  };
}

/** As `functions/api/page/selection.js` writes it. */
function addressOf({ repo, commit }: Build): string {
  return `#/commits/${encodeURIComponent(repo)}/${encodeURIComponent(commit)}`;
}

function stateOf(build: Build): Pick<CommitReport, 'state' | 'description'> {
  switch (build.status) {
    case 'waiting':
      return { state: 'pending', description: withReason('Waits for its turn', build) };
    case 'building':
      return { state: 'pending', description: 'Is being built' };
    case 'succeeded':
      return { state: 'success', description: successOf(build) };
    case 'failed':
      return { state: 'failure', description: withReason(failureOf(build), build) };
    case 'superseded':
      return { state: 'failure', description: withReason('Not built', build) };
    case 'cancelled':
      return { state: 'failure', description: withReason('Cancelled', build) };
  }
}

function successOf({ steps, carries, startedAt, endedAt }: Build): string {
  if (carries !== undefined) return `Taken over from ${carries.slice(0, 7)}: nothing of it changed`;
  const done = steps.some(isTest) ? 'Built and tested' : 'Built';
  if (startedAt === undefined || endedAt === undefined) return done;
  return `${done} in ${duration(Date.parse(endedAt) - Date.parse(startedAt))}`;
}

/** The step that went wrong, where it is known. */
function failureOf({ steps }: Build): string {
  const failed = steps.findLast(({ message }) => message === 'failed');
  if (failed === undefined) return 'Failed';
  return isTest(failed) ? `Failed its ${failed.name}` : `Failed to ${failed.name}`;
}

function isTest({ name }: { readonly name: string }): boolean {
  return name.endsWith(' tests');
}

/** On one line, since some forges show no more. */
function withReason(what: string, { lastError }: Build): string {
  const reason = lastError?.replaceAll(/\s+/g, ' ').trim();
  return reason === undefined || reason === '' ? what : `${what}: ${reason}`;
}

function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
