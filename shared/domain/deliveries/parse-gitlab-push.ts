import { z } from 'zod';
import { CommitSha, isZeroSha } from '../names/commit-sha.ts';
import { namedRef, type Push } from './push.ts';
import { readPayload } from './read-payload.ts';

const Text = z.string().optional().catch(undefined);
const Commit = z.object({
  id: z.string(),
  message: Text,
  timestamp: z.iso.datetime({ offset: true }).optional().catch(undefined),
  author: z.object({ name: Text }).optional().catch(undefined),
});
const Url = z.string().min(1).optional().catch(undefined);
const Payload = z.object({
  ref: z.string().min(1),
  before: CommitSha,
  after: CommitSha,
  checkout_sha: CommitSha.nullish().catch(undefined),
  total_commits_count: z.int().min(0).optional().catch(undefined),
  commits: z.array(Commit).optional().catch(undefined),
  project: z.object({ git_http_url: Url, git_ssh_url: Url, web_url: Url }),
});

/**
 * Reads GitLab's `Push Hook` and `Tag Push Hook`. GitLab does not tell whether history was rewritten.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#push-events
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseGitlabPush(body: string): Push {
  const payload = readPayload(Payload, body, 'push');
  const { ref, before, after, checkout_sha: commit, total_commits_count, commits, project } = payload;
  const urls = [project.git_http_url, project.git_ssh_url, project.web_url];
  const size = total_commits_count ?? commits?.length ?? 0;
  const head = commits?.find(({ id }) => id === after);
  return {
    repoUrls: [...new Set(urls.filter(url => url !== undefined))],
    ...namedRef(ref),
    before,
    after,
    forced: !isZeroSha(before),
    deleted: isZeroSha(after),
    ...(size > 0 && { size }),
    ...(head !== undefined && { head: headOf(head) }),
    ...(namedRef(ref).kind === 'tag' && commit !== undefined && commit !== null && { commit }),
  };
}

function headOf({ author, message, timestamp }: z.infer<typeof Commit>): NonNullable<Push['head']> {
  return {
    ...(author?.name !== undefined && { author: author.name }),
    ...(message !== undefined && { message }),
    ...(timestamp !== undefined && { committedAt: new Date(timestamp).toISOString() }),
  };
}
