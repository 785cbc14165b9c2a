import { join } from 'node:path';
import { branches } from '../../../shared/records/collections.ts';
import { type Records, refTo } from '../../../shared/records/records.ts';
import { developerGit } from './developer-git.ts';
import { runApart } from './run-apart.ts';
import type { Sample } from './sample.ts';
import { isBegun } from './tell-story.ts';

/**
 * Delivers again what was pushed while headway was down, as a person would who presses "Redeliver" at a forge.
 * Returns whether there was something.
 */
export async function deliverMissed(sample: Sample, records: Records): Promise<boolean> {
  if (!isBegun(sample)) return false;
  const head = await developerGit(['rev-parse', 'refs/heads/main'], { cwd: sample.shop });
  const known = (await records.get(refTo(branches, 'shop', 'main')))?.head;
  if (known === head) return false;
  await runApart(join(sample.shop, 'hooks', 'post-receive'), [], {
    cwd: sample.shop,
    input: `${known ?? '0'.repeat(40)} ${head} refs/heads/main\n`,
  });
  return true;
}
