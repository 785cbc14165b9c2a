import { PermanentError } from '../../../shared/domain/permanent-error.ts';
import { type Ran, runApart } from './run-apart.ts';

type As = {
  readonly cwd?: string;
  readonly author?: { readonly name: string; readonly email: string };
  readonly at?: string;
};

/**
 * Runs git as one of the sample's developers would, whatever this machine's own Git configuration is. Returns what it
 * printed. @throws with git's own words.
 */
export async function developerGit(args: readonly string[], { cwd, author, at }: As = {}): Promise<string> {
  const who = author ?? { name: 'The shop', email: 'shop@shop.example' };
  const when = at ?? '2026-03-02T08:00:00Z';
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: who.name,
    GIT_AUTHOR_EMAIL: who.email,
    GIT_AUTHOR_DATE: when,
    GIT_COMMITTER_NAME: who.name,
    GIT_COMMITTER_EMAIL: who.email,
    GIT_COMMITTER_DATE: when,
  };
  const { code, stdout, stderr } = await runApart('git', args, { cwd, env }).catch(cannotRun);
  if (code === 0) return stdout.trim();
  throw new Error(`Cannot go on with the sample: git ${args[0]} says "${stderr.trim() || code}"`);
}

function cannotRun(error: unknown): Ran {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    throw new PermanentError(
      'Cannot make the sample: git is not installed; install it, or bring a headway.yaml',
    );
  }
  throw error;
}
