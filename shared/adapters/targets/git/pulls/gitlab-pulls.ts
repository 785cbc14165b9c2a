import { z } from 'zod';
import { current, type Pull, type Pulls, type PullsApi, seen } from './pulls.ts';

const Found = z
  .object({
    iid: z.int(),
    web_url: z.string(),
    state: z.enum(['opened', 'closed', 'locked', 'merged']),
    title: z.string(),
    description: z.string().nullish(),
  })
  .transform(
    ({ iid: number, web_url: url, state, title, description }): Pull => ({
      number,
      url,
      // Locked is a moment of merging.
      state: state === 'opened' || state === 'locked' ? 'open' : state,
      title,
      body: description ?? '',
    }),
  );

/** https://docs.gitlab.com/api/merge_requests/ */
export function gitlabPulls({ ask, repository }: PullsApi): Pulls {
  const path = `projects/${encodeURIComponent(repository)}/merge_requests`;
  return {
    async find({ head, base }) {
      const query = { source_branch: head, target_branch: base, state: 'all', order_by: 'created_at' };
      const doing = `find the merge request of branch "${head}"`;
      return current(seen(await ask({ doing, path, query }, z.array(Found)), { repository }));
    },
    async open({ head, base }, { title, body: description }) {
      const doing = `open a merge request of branch "${head}"`;
      const body = {
        title,
        description,
        source_branch: head,
        target_branch: base,
        remove_source_branch: true,
      };
      return seen(await ask({ doing, method: 'POST', path, body }, Found), { repository });
    },
    async update(number, { title, body: description }) {
      const doing = `update merge request ${number}`;
      const body = { title, description };
      await ask({ doing, method: 'PUT', path: `${path}/${number}`, body }, z.unknown());
    },
    async close(number) {
      const doing = `close merge request ${number}`;
      const body = { state_event: 'close' };
      await ask({ doing, method: 'PUT', path: `${path}/${number}`, body }, z.unknown());
    },
  };
}
