import { z } from 'zod';
import type { Delivery } from '../documents/delivery.ts';
import { CommitSha } from '../names/commit-sha.ts';
import { PermanentError } from '../permanent-error.ts';
import { parseMergeRequest } from './parse-merge-request.ts';
import type { PullRequest } from './pull-request.ts';
import { readPayload } from './read-payload.ts';

export type { PullRequest } from './pull-request.ts';

const Url = z.string().min(1).optional().catch(undefined);
const Repository = z.object({ clone_url: Url, ssh_url: Url, git_url: Url, html_url: Url });
/** GitHub names the repository by `repo.id` only, Gitea by `repo_id` too; a fork that was deleted has none, or -1. */
const Side = z.object({
  ref: z.string().min(1),
  repo: z.object({ id: z.int() }).nullish(),
  repo_id: z.int().optional(),
});
const Payload = z.object({
  action: z.string(),
  number: z.int().min(1),
  pull_request: z.object({
    title: z.string(),
    updated_at: z.iso.datetime({ offset: true }).optional().catch(undefined),
    head: Side.extend({ sha: CommitSha }),
    base: Side,
  }),
  repository: Repository,
});
const Said = z.object({
  action: z.string(),
  pull_request: z.object({ head: z.unknown().optional() }).optional(),
});

/** `synchronize` is GitHub's word, `synchronized` Gitea's. */
const ACTIONS: ReadonlyMap<string, PullRequest['action']> = new Map([
  ['opened', 'updated'],
  ['reopened', 'updated'],
  ['synchronize', 'updated'],
  ['synchronized', 'updated'],
  ['closed', 'closed'],
]);

/** Whether a forge's event is about a pull request; see {@link parsePullRequest}. */
export function isPullRequest({ kind, event }: Pick<Delivery, 'kind' | 'event'>): boolean {
  return kind === 'gitlab'
    ? event === 'merge_request'
    : (kind === 'github' || kind === 'gitea') && event === 'pull_request';
}

/**
 * Reads the `pull_request` event of GitHub, or of Gitea and Forgejo, which follow it, or GitLab's of a merge request.
 * Nothing when it says something else of it: a label, a review, a title; or, as Gogs, nothing of its commits.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request, https://docs.gitea.com/usage/webhooks
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parsePullRequest(kind: string, body: string): PullRequest | undefined {
  if (kind === 'gitlab') return parseMergeRequest(body);
  if (kind !== 'github' && kind !== 'gitea') {
    throw new PermanentError(`Cannot read a pull request from a delivery of kind "${kind}"`);
  }
  const said = readPayload(Said, body, 'pull request');
  const action = ACTIONS.get(said.action);
  const isGogs = kind === 'gitea' && said.pull_request !== undefined && said.pull_request.head === undefined;
  if (action === undefined || isGogs) return undefined;
  const { number, pull_request, repository } = readPayload(Payload, body, 'pull request');
  const { head, base, title, updated_at } = pull_request;
  const urls = [repository.clone_url, repository.ssh_url, repository.git_url, repository.html_url];
  return {
    repoUrls: [...new Set(urls.filter(url => url !== undefined))],
    number,
    action,
    head: head.sha,
    headBranch: head.ref,
    base: base.ref,
    title,
    fork: !isSameRepository(head, base),
    ...(updated_at !== undefined && { updatedAt: new Date(updated_at).toISOString() }),
  };
}

/**
 * Gitea lets whoever may read a repository push `refs/for/BRANCH`: that head is in the repository and in no branch.
 * https://docs.gitea.com/usage/agit
 */
function isSameRepository(head: z.infer<typeof Side>, base: z.infer<typeof Side>): boolean {
  if (head.ref.startsWith('refs/') || head.repo == null) return false;
  return head.repo.id === base.repo?.id && head.repo_id === base.repo_id;
}
