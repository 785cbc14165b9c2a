import { z } from 'zod';
import { current, type Pull, type Pulls, type PullsApi, seen } from './pulls.ts';

const Found = z
  .object({
    number: z.int(),
    html_url: z.string(),
    state: z.enum(['open', 'closed']),
    merged_at: z.string().nullish(),
    title: z.string(),
    body: z.string().nullish(),
  })
  .transform(
    ({ number, html_url: url, state, merged_at, title, body }): Pull => ({
      number,
      url,
      state: merged_at ? 'merged' : state,
      title,
      body: body ?? '',
    }),
  );

/** https://docs.github.com/en/rest/pulls/pulls */
export function githubPulls({ ask, repository }: PullsApi): Pulls {
  const path = `repos/${repository}/pulls`;
  const [owner = ''] = repository.split('/');
  return {
    async find({ head, base }) {
      const query = { head: `${owner}:${head}`, base, state: 'all', sort: 'created', direction: 'desc' };
      const doing = `find the pull request of branch "${head}"`;
      return current(seen(await ask({ doing, path, query }, z.array(Found)), { repository }));
    },
    async open({ head, base }, { title, body }) {
      const doing = `open a pull request of branch "${head}"`;
      return seen(await ask({ doing, method: 'POST', path, body: { title, body, head, base } }, Found), {
        repository,
      });
    },
    async update(number, text) {
      const doing = `update pull request ${number}`;
      await ask({ doing, method: 'PATCH', path: `${path}/${number}`, body: text }, z.unknown());
    },
    async close(number) {
      const doing = `close pull request ${number}`;
      await ask(
        { doing, method: 'PATCH', path: `${path}/${number}`, body: { state: 'closed' } },
        z.unknown(),
      );
    },
  };
}
