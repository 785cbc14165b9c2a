import { z } from 'zod';

/** A full Git object name: 40 hex digits (SHA-1) or 64 (SHA-256), lower case. Abbreviations are refused. */
export const CommitSha = z
  .string()
  .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'expected a full commit hash of 40 or 64 hex digits');
export type CommitSha = z.infer<typeof CommitSha>;

export function isCommitSha(text: string): boolean {
  return CommitSha.safeParse(text).success;
}

/** The "no commit" that forges send for the missing side of a created or deleted branch. */
export function isZeroSha(text: string): boolean {
  return /^0+$/.test(text);
}

/** The first seven hex digits, as Git and the forges show them. */
export function shortSha(sha: CommitSha): string {
  return sha.slice(0, 7);
}
