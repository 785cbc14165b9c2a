import test, { type ExecutionContext } from 'ava';
import type { CommitReport } from '../../shared/ports/forge.ts';
import { ForgeError } from '../../shared/ports/forge-error.ts';
import { serveGitea } from '../helpers/forge-servers/gitea-server.ts';
import { serveGitHub } from '../helpers/forge-servers/github-server.ts';
import { serveGitiles } from '../helpers/forge-servers/gitiles-server.ts';
import { serveGitLab } from '../helpers/forge-servers/gitlab-server.ts';
import { openForge } from '../helpers/forge-servers/open-forge.ts';
import { createGitRepository } from '../helpers/git-repository.ts';

const FORGES = {
  github: { serve: serveGitHub, url: () => 'https://github.com/acme/app', grant: /"Commit statuses: write"/ },
  gitlab: {
    serve: serveGitLab,
    url: (origin: string) => `${origin}/acme/tools/app.git`,
    grant: /scope api and at least the role Developer/,
  },
  gitea: {
    serve: serveGitea,
    url: (origin: string) => `${origin}/git/acme/app`,
    grant: /permission write:repository/,
  },
} as const;
type Kind = keyof typeof FORGES;

async function place(t: ExecutionContext, kind: Kind, { mayWrite = true, report = true } = {}) {
  const repository = await createGitRepository(t);
  const shas = await repository.grow([{ name: 'one' }]);
  await repository.branch('main', 'one');
  const server = await FORGES[kind].serve(t, repository, { token: 'hunter2', mayWrite });
  const repo = { forge: kind, url: FORGES[kind].url(server.origin), token: 'env://TOKEN', report };
  const api = kind === 'github' ? { api: server.origin } : {};
  const forge = await openForge(t, { ...repo, ...api }, { secrets: { TOKEN: 'hunter2' } });
  const sha = shas['one'] ?? '';
  return { server, sha, report: (report: CommitReport, commit = sha) => forge.report('app', commit, report) };
}

const LINK = 'https://headway.acme.com/#/commits/app/1234';
const pending: CommitReport = {
  state: 'pending',
  context: 'headway/api',
  description: 'Is being built',
  link: LINK,
};
const failure: CommitReport = { ...pending, state: 'failure', description: 'Failed' };

for (const kind of Object.keys(FORGES) as Kind[]) {
  test(`a report is shown at ${kind} beside its commit, and a later one takes its place`, async t => {
    const { server, sha, report } = await place(t, kind);
    await report(pending);
    await report(failure);
    const name = kind === 'gitlab' ? 'name' : 'context';
    const shown = { sha, [name]: 'headway/api', target_url: LINK };
    t.deepEqual(server.statuses, [
      { ...shown, state: 'pending', description: 'Is being built' },
      { ...shown, state: kind === 'gitlab' ? 'failed' : 'failure', description: 'Failed' },
    ]);
  });

  test(`a report that is repeated harms nothing at ${kind}`, async t => {
    const { report } = await place(t, kind);
    for (const again of [pending, pending, failure, failure, pending]) await report(again);
    t.pass();
  });

  test(`a report at ${kind} that is too long is cut, and needs no link`, async t => {
    const { server, report } = await place(t, kind);
    const { link: _, ...plain } = failure;
    await report({ ...plain, description: `${'x'.repeat(138)}😀 and so on` });
    t.is(server.statuses[0]?.['description'], `${'x'.repeat(138)}…`);
    t.false('target_url' in (server.statuses[0] ?? {}));
  });

  test(`a login at ${kind} that may not report is told what it needs`, async t => {
    const { report } = await place(t, kind, { mayWrite: false });
    const error = await t.throwsAsync(report(pending), {
      name: 'PermanentError',
      message: FORGES[kind].grant,
    });
    t.regex(error?.message ?? '', /^Cannot report on commit \w+ of repo "app": .* answered 403 /);
    t.notRegex(error?.message ?? '', /hunter2/);
  });

  test(`a report at ${kind} on a commit that is not there is refused`, async t => {
    const { report } = await place(t, kind);
    await t.throwsAsync(report(pending, 'f'.repeat(40)), { name: 'PermanentError' });
    await t.throwsAsync(report(pending, 'main'), { name: 'PermanentError', message: /full hash/ });
  });

  test(`nothing is reported at ${kind} unless the configuration asks for it`, async t => {
    const { server, report } = await place(t, kind, { report: false });
    await report(pending);
    t.deepEqual(server.asked, []);
  });
}

test('a report at GitLab that another one meets may work later', async t => {
  const { server, report } = await place(t, 'gitlab');
  const words = 'Another update to this commit status is in progress';
  server.before(() => ({ status: 409, body: { message: words } }));
  await t.throwsAsync(report(pending), { instanceOf: ForgeError, message: new RegExp(words) });
});

test('a report at GitLab that is refused for another reason is an error', async t => {
  const { server, report } = await place(t, 'gitlab');
  server.before(() => ({ status: 400, body: { message: 'target_url is blocked' } }));
  const message = /target_url is blocked\); see whether the commit is still there$/;
  await t.throwsAsync(report(pending), { name: 'PermanentError', message });
});

test('Gitiles and plain Git have no place for reports', async t => {
  const repository = await createGitRepository(t);
  const shas = await repository.grow([{ name: 'one' }]);
  await repository.branch('main', 'one');
  const server = await serveGitiles(t, repository);
  for (const repo of [{ forge: 'gitiles', url: `${server.origin}/tools/app` }, { url: repository.path }]) {
    const forge = await openForge(t, { ...repo, report: true });
    await forge.report('app', shas['one'] ?? '', pending);
  }
  t.deepEqual(server.asked, []);
});
