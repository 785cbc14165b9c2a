import { z } from 'zod';
import { current, type Pull, type PullBranches, type Pulls, type PullsApi, seen } from './pulls.ts';

const Branch = z.object({ ref: z.string() });
const Found = z.object({
  number: z.int(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged: z.boolean().nullish(),
  title: z.string(),
  body: z.string().nullish(),
  head: Branch,
  base: Branch,
});

const PAGE = 50;
const MOST_PAGES = 20;

/** https://docs.gitea.com/api/#tag/repository; Gitea cannot be asked for the pull requests of a branch. */
export function giteaPulls({ ask, repository }: PullsApi): Pulls {
  const path = `repos/${repository}/pulls`;

  async function list({ head, base }: PullBranches, state: 'open' | 'closed', page: number) {
    const query = { state, sort: 'recentupdate', limit: String(PAGE), page: String(page) };
    const doing = `find the pull request of branch "${head}"`;
    const found = seen(await ask({ doing, path, query }, z.array(Found)), { repository });
    const own = found.filter(pull => pull.head.ref === head && pull.base.ref === base);
    return { own: own.map(pullOf), isLast: found.length < PAGE };
  }

  return {
    async find(branches) {
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const { own, isLast } = await list(branches, 'open', page);
        if (own.length > 0) return current(own);
        if (isLast) break;
      }
      // Of those that are over only a recent one says anything.
      return current((await list(branches, 'closed', 1)).own);
    },
    async open({ head, base }, { title, body }) {
      const doing = `open a pull request of branch "${head}"`;
      const asked = { doing, method: 'POST', path, body: { title, body, head, base } } as const;
      return pullOf(seen(await ask(asked, Found), { repository }));
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

function pullOf({ number, html_url: url, state, merged, title, body }: z.infer<typeof Found>): Pull {
  return { number, url, state: merged ? 'merged' : state, title, body: body ?? '' };
}
