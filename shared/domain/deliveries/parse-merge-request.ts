import { z } from 'zod';
import { CommitSha } from '../names/commit-sha.ts';
import type { PullRequest } from './pull-request.ts';
import { readPayload } from './read-payload.ts';

const Url = z.string().min(1).optional().catch(undefined);
const Said = z.object({
  object_attributes: z.object({ action: z.string().optional(), oldrev: z.string().nullish() }),
});
const Payload = z.object({
  project: z.object({ git_http_url: Url, git_ssh_url: Url, web_url: Url }),
  object_attributes: z.object({
    iid: z.int().min(1),
    title: z.string(),
    source_branch: z.string().min(1),
    target_branch: z.string().min(1),
    source_project_id: z.int().nullish(),
    target_project_id: z.int(),
    updated_at: z.string().optional().catch(undefined),
    last_commit: z.object({ id: CommitSha }),
  }),
});

/**
 * Reads GitLab's `Merge Request Hook`. An `update` brings commits only where it names the one that was there before.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#merge-request-events
 *
 * @returns nothing when its commits are what they were.
 * @throws {PermanentError} naming what is wrong.
 */
export function parseMergeRequest(body: string): PullRequest | undefined {
  const said = readPayload(Said, body, 'merge request').object_attributes;
  const action = actionOf(said);
  if (action === undefined) return undefined;
  const { project, object_attributes: request } = readPayload(Payload, body, 'merge request');
  const urls = [project.git_http_url, project.git_ssh_url, project.web_url];
  // Older servers write "2017-09-15 16:50:55 UTC".
  const time = Date.parse(request.updated_at ?? '');
  return {
    repoUrls: [...new Set(urls.filter(url => url !== undefined))],
    number: request.iid,
    action,
    head: request.last_commit.id,
    headBranch: request.source_branch,
    base: request.target_branch,
    title: request.title,
    fork: request.source_project_id !== request.target_project_id,
    ...(!Number.isNaN(time) && { updatedAt: new Date(time).toISOString() }),
  };
}

function actionOf({
  action,
  oldrev,
}: z.infer<typeof Said>['object_attributes']): PullRequest['action'] | undefined {
  if (action === 'open' || action === 'reopen') return 'updated';
  if (action === 'update') return typeof oldrev === 'string' ? 'updated' : undefined;
  return action === 'close' || action === 'merge' ? 'closed' : undefined;
}
