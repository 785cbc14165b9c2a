import { z } from 'zod';
import { CommitSha, isCommitSha, isZeroSha } from '../names/commit-sha.ts';
import { PermanentError } from '../permanent-error.ts';
import { parseGitlabPush } from './parse-gitlab-push.ts';
import { namedRef, type Push } from './push.ts';
import { readPayload } from './read-payload.ts';

export type { Push } from './push.ts';

const HeadCommit = z.object({
  id: z.string(),
  message: z.string().optional(),
  timestamp: z.iso.datetime({ offset: true }).optional().catch(undefined),
  author: z.object({ name: z.string().optional() }).optional().catch(undefined),
});
const Url = z.string().min(1).optional().catch(undefined);

const PushPayload = z.object({
  ref: z.string().min(1),
  before: CommitSha,
  after: CommitSha,
  forced: z.boolean().optional(),
  deleted: z.boolean().optional(),
  total_commits: z.int().min(0).optional().catch(undefined),
  commits: z.array(z.unknown()).nullish(),
  head_commit: HeadCommit.nullish().catch(undefined),
  repository: z.object({ clone_url: Url, ssh_url: Url, git_url: Url, html_url: Url }),
});
type PushPayload = z.infer<typeof PushPayload>;

/**
 * Reads the `push` event of GitHub, or of Gitea, Forgejo and Gogs, which follow it, or of GitLab.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#push, https://docs.gitea.com/usage/webhooks
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parsePush(kind: string, body: string): Push {
  if (kind === 'gitlab') return parseGitlabPush(body);
  if (kind !== 'github' && kind !== 'gitea') {
    throw new PermanentError(`Cannot read a push from a delivery of kind "${kind}"`);
  }
  const payload = readPayload(PushPayload, body, 'push');
  const { ref, before, after, forced, deleted, repository } = payload;
  const urls = [repository.clone_url, repository.ssh_url, repository.git_url, repository.html_url];
  const size = payload.total_commits ?? payload.commits?.length ?? 0;
  return {
    repoUrls: [...new Set(urls.filter(url => url !== undefined))],
    ...namedRef(ref),
    before,
    after,
    forced: forced ?? !isZeroSha(before),
    deleted: deleted ?? isZeroSha(after),
    ...(size > 0 && { size }),
    ...headOf(payload),
    ...commitOf(payload),
  };
}

/** Of an annotated tag `after` is the tag itself. */
function commitOf({ ref, head_commit }: PushPayload): Pick<Push, 'commit'> {
  const id = namedRef(ref).kind === 'tag' ? head_commit?.id : undefined;
  return id !== undefined && isCommitSha(id) ? { commit: id } : {};
}

/** Gogs and old Giteas name the pushed commit only among the others. */
function headOf({ after, head_commit, commits }: PushPayload): Pick<Push, 'head'> {
  const listed = () => commits?.map(commit => HeadCommit.safeParse(commit).data);
  const commit = head_commit?.id === after ? head_commit : listed()?.find(found => found?.id === after);
  if (commit === undefined) return {};
  const { author, message, timestamp } = commit;
  return {
    head: {
      ...(author?.name !== undefined && { author: author.name }),
      ...(message !== undefined && { message }),
      ...(timestamp !== undefined && { committedAt: new Date(timestamp).toISOString() }),
    },
  };
}
