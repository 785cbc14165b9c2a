import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { developerGit } from './developer-git.ts';
import { history, type SampleCommit } from './history.ts';
import type { Sample } from './sample.ts';

/** Whether a commit of the story was pushed before. */
export function isBegun({ work }: Sample): boolean {
  return existsSync(join(work, '.git/refs/remotes/origin/main'));
}

/** Whether every commit of the story was pushed before. */
export async function isTold(sample: Sample): Promise<boolean> {
  return (await pushedCommits(sample)) >= history.length;
}

/** Commits and pushes what the story still lacks, until told to stop; the repository's hook delivers each push. */
export async function tellStory(sample: Sample, stop: AbortSignal): Promise<void> {
  const { work } = sample;
  const pushed = await pushedCommits(sample);
  await forgetUnpushed(sample);
  for (const commit of history.slice(pushed)) {
    if (stop.aborted) return;
    for (const edit of commit.edits) applyEdit(work, edit);
    const how = { cwd: work, author: commit.author, at: commit.at };
    await developerGit(['add', '.'], how);
    await developerGit(['commit', '--quiet', '--allow-empty', '--message', commit.subject], how);
    await developerGit(['push', '--quiet', 'origin', 'main'], how);
  }
}

/** What was committed when the story was cut off, but not pushed, is told anew. */
async function forgetUnpushed(sample: Sample): Promise<void> {
  const words = isBegun(sample)
    ? ['reset', '--quiet', '--hard', 'origin/main']
    : ['update-ref', '-d', 'refs/heads/main'];
  await developerGit(words, { cwd: sample.work });
}

async function pushedCommits(sample: Sample): Promise<number> {
  if (!isBegun(sample)) return 0;
  return Number(await developerGit(['rev-list', '--count', 'origin/main'], { cwd: sample.work }));
}

function applyEdit(work: string, { file, from, to }: SampleCommit['edits'][number]): void {
  const path = join(work, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
}
