import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { developerGit } from './developer-git.ts';
import { history, type SampleCommit } from './history.ts';
import type { Sample } from './sample.ts';

/** Whether every commit of the story was pushed before. */
export async function isTold({ work }: Sample): Promise<boolean> {
  return (await pushedCommits(work)) >= history.length;
}

/** Commits and pushes what the story still lacks; the repository's hook delivers each push. */
export async function tellStory({ work }: Sample): Promise<void> {
  const pushed = await pushedCommits(work);
  for (const commit of history.slice(pushed)) {
    for (const edit of commit.edits) applyEdit(work, edit);
    const how = { cwd: work, author: commit.author, at: commit.at };
    await developerGit(['add', '.'], how);
    await developerGit(['commit', '--quiet', '--allow-empty', '--message', commit.subject], how);
    await developerGit(['push', '--quiet', 'origin', 'main'], how);
  }
}

async function pushedCommits(work: string): Promise<number> {
  if (!existsSync(join(work, '.git/refs/remotes/origin/main'))) return 0;
  return Number(await developerGit(['rev-list', '--count', 'origin/main'], { cwd: work }));
}

function applyEdit(work: string, { file, from, to }: SampleCommit['edits'][number]): void {
  const path = join(work, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
}
