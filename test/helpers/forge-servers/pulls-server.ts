import type { ExecutionContext } from 'ava';
import type { GitRepository } from '../git-repository.ts';
import { gitFacts } from './git-facts.ts';
import { type Answer, type Asked, serveRoutes } from './serve-routes.ts';

type State = 'open' | 'closed' | 'merged';
type Pull = {
  readonly number: number;
  head: string;
  base: string;
  title: string;
  body: string;
  state: State;
};
type Forge = 'github' | 'gitlab' | 'gitea';

export const TOKEN = 'the-token-of-the-forge';

const LOGIN = { github: `Bearer ${TOKEN}`, gitlab: `Bearer ${TOKEN}`, gitea: `token ${TOKEN}` };
const PATHS = {
  github: '/api/v3/repos/acme/app/pulls',
  gitlab: '/api/v4/projects/acme%2Fapp/merge_requests',
  gitea: '/api/v1/repos/acme/app/pulls',
};

/** The pull requests of a repository, in the shapes of the forge's API. */
export async function servePulls(t: ExecutionContext, forge: Forge, repository: GitRepository) {
  const facts = gitFacts(repository);
  const pulls: Pull[] = [];
  const at = PATHS[forge];
  const guarded =
    (answer: (asked: Asked, names: Readonly<Record<string, string>>) => Promise<Answer> | Answer) =>
    (asked: Asked, names: Readonly<Record<string, string>>) =>
      asked.headers.authorization === LOGIN[forge]
        ? answer(asked, names)
        : { status: 401, body: { message: 'Bad credentials' } };

  /** A pull request of the same branches exists at most once at a time; a branch that is gone has none. */
  async function open({ body }: Asked): Promise<Answer> {
    const asked = JSON.parse(body.toString());
    const { title, source_branch, target_branch, description } = asked;
    const { head = source_branch, base = target_branch, body: text = description } = asked;
    const isThere = pulls.some(pull => pull.state === 'open' && pull.head === head && pull.base === base);
    if (isThere)
      return { status: forge === 'github' ? 422 : 409, body: { message: 'A pull request already exists' } };
    if ((await facts.branch(head)) === undefined)
      return { status: 422, body: { message: 'head is invalid' } };
    const pull: Pull = { number: pulls.length + 1, head, base, title, body: text, state: 'open' };
    pulls.push(pull);
    return { status: 201, body: shown(pull) };
  }

  function change({ body }: Asked, { number }: Readonly<Record<string, string>>): Answer {
    const pull = pulls.find(one => one.number === Number(number));
    if (pull === undefined) return { status: 404, body: { message: 'Not Found' } };
    const { title, state, state_event, description, body: text = description } = JSON.parse(body.toString());
    Object.assign(pull, title !== undefined && { title }, text !== undefined && { body: text });
    if (state === 'closed' || state_event === 'close') pull.state = 'closed';
    return { body: shown(pull) };
  }

  function list({ url }: Asked): Answer {
    const [head, base, state] = ['head', 'base', 'state'].map(name => url.searchParams.get(name));
    const [source, target] = ['source_branch', 'target_branch'].map(name => url.searchParams.get(name));
    const wanted = { head: source ?? head?.replace('acme:', ''), base: target ?? base };
    const found = pulls.filter(
      pull =>
        (forge === 'gitea' || (pull.head === wanted.head && pull.base === wanted.base)) &&
        (state === 'all' || (state === 'open') === (pull.state === 'open')),
    );
    return { body: found.toReversed().map(shown) };
  }

  function shown({ number, head, base, title, body, state }: Pull): unknown {
    const url = `https://forge/${number}`;
    if (forge === 'gitlab')
      return {
        iid: number,
        web_url: url,
        state: state === 'open' ? 'opened' : state,
        title,
        description: body,
      };
    const more =
      forge === 'gitea'
        ? { merged: state === 'merged' }
        : { merged_at: state === 'merged' ? '2030-01-01T00:00:00Z' : null };
    const refs = { head: { ref: head }, base: { ref: base } };
    return {
      number,
      html_url: url,
      state: state === 'open' ? 'open' : 'closed',
      title,
      body,
      ...refs,
      ...more,
    };
  }

  const updating = forge === 'gitlab' ? 'PUT' : 'PATCH';
  const routes = {
    [`GET ${at}`]: guarded(list),
    [`POST ${at}`]: guarded(open),
    [`${updating} ${at}/:number`]: guarded(change),
  };
  const served = await serveRoutes(t, { routes, fallback: { status: 404, body: { message: 'Not Found' } } });
  return {
    ...served,
    pulls,
    /** As the forge's own buttons do it. */
    async merge(how: 'merge' | 'squash') {
      const pull = pulls.find(({ state }) => state === 'open');
      if (pull === undefined) throw new Error('there is nothing to merge');
      const tip = (await facts.branch(pull.head)) ?? '';
      const args = how === 'merge' ? [] : ['-p', (await facts.branch(pull.base)) ?? '', '-m', pull.title];
      const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
      const sha =
        how === 'merge'
          ? tip
          : (await repository.git(...who, 'commit-tree', `${tip}^{tree}`, ...args)).trim();
      await repository.branch(pull.base, sha);
      pull.state = 'merged';
    },
  };
}
