import { z } from 'zod';
import { PermanentError } from '../../../domain/permanent-error.ts';
import type { Connection } from './connection.ts';
import type { Question } from './question.ts';

/** @throws {PermanentError} when the forge shows nothing at this path: there is no repository, or not for us. */
export async function ensureVisible(
  connection: Connection,
  {
    path,
    repo,
    repository,
    advise,
  }: { path: string; repo: string; repository: string; advise: Question['advise'] },
): Promise<void> {
  const answer = await connection.json({ doing: 'find the repository', path, absent: [404] }, z.unknown());
  if (!('status' in answer)) return;
  throw new PermanentError(
    `Cannot find repo "${repo}": there is no ${repository}, or it is hidden; check the URL, and ${advise(404)}`,
  );
}
