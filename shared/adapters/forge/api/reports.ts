import { z } from 'zod';
import { PermanentError } from '../../../domain/permanent-error.ts';
import type { CommitReport } from '../../../ports/forge.ts';
import { ForgeError } from '../../../ports/forge-error.ts';
import { createConnection, type Place } from './connection.ts';
import { adviceFor } from './repo-settings.ts';
import type { RepositoryApi } from './repository-api.ts';
import type { Send } from './send.ts';

type Reports = {
  readonly place: Place;
  /** What the login needs for it. */
  readonly grant: Parameters<typeof adviceFor>[0];
  /** Behind the API's base. */
  readonly path: (sha: string) => string;
  /** The report in the forge's words. */
  readonly body: (report: CommitReport, sha: string) => Readonly<Record<string, unknown>>;
  /** Whether a refusal says that nothing is to be done. */
  readonly isSoAlready?: (report: CommitReport, status: number, words: string) => boolean;
};

/** Puts a status with a link beside a commit, by the one request that the forges have for it. */
export function createReports(
  send: Send,
  { place, grant, path, body, isSoAlready = () => false }: Reports,
): NonNullable<RepositoryApi['report']> {
  const advise = adviceFor({ ...grant, otherwise: 'see whether the commit is still there' });
  const connection = createConnection(send, { ...place, advise });
  return async (sha, report) => {
    const doing = `report on commit ${sha}`;
    const ask = {
      doing,
      method: 'POST',
      path: path(sha),
      body: body(report, sha),
      absent: [400, 409],
    } as const;
    const answer = await connection.json(ask, z.unknown());
    if (!('status' in answer) || isSoAlready(report, answer.status, answer.words)) return;
    const message = `Cannot ${doing} ${place.about}: the forge answered ${answer.status} (${answer.words})`;
    // A conflict is another report on the same commit at the same time.
    throw answer.status === 409 ? new ForgeError(message) : new PermanentError(`${message}; ${advise(400)}`);
  };
}
