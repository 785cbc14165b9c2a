import test from 'ava';
import fc from 'fast-check';
import { judgePayload } from '../../shared/domain/deliveries/judge-payload.ts';
import { parsePullRequest } from '../../shared/domain/deliveries/parse-pull-request.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { webhookFixture } from '../helpers/signed-webhook.ts';

const HEAD = '8c2b7e4f6a1d3059c8b7a6e5d4f3c2b1a0918273';
type Json = Record<string, unknown>;

/** A payload with some fields of `pull_request` (or what it is called) changed. */
function edited(fixture: string, change: Json, inside: Json = {}, field = 'pull_request'): string {
  const payload = JSON.parse(webhookFixture(fixture));
  return JSON.stringify({ ...payload, ...change, [field]: { ...payload[field], ...inside } });
}
const github = (change: Json, inside: Json = {}) =>
  parsePullRequest('github', edited('github-pull-request', change, inside));
const gitea = (change: Json, inside: Json = {}) =>
  parsePullRequest('gitea', edited('gitea-pull-request', change, inside));
const gitlab = (inside: Json) =>
  parsePullRequest('gitlab', edited('gitlab-merge-request', {}, inside, 'object_attributes'));

test("parsePullRequest() reads GitHub's", t => {
  t.deepEqual(parsePullRequest('github', webhookFixture('github-pull-request')), {
    repoUrls: [
      'https://github.com/acme/shop.git',
      'git@github.com:acme/shop.git',
      'git://github.com/acme/shop.git',
      'https://github.com/acme/shop',
    ],
    number: 7,
    action: 'updated',
    head: HEAD,
    headBranch: 'feature/basket',
    base: 'main',
    title: "Take the basket's currency from the country",
    fork: false,
    updatedAt: '2026-02-11T09:13:56.000Z',
  });
});

test("parsePullRequest() reads Gitea's and GitLab's", t => {
  t.like(parsePullRequest('gitea', webhookFixture('gitea-pull-request')), {
    number: 7,
    action: 'updated',
    head: HEAD,
    headBranch: 'feature/basket',
    base: 'main',
    fork: false,
    updatedAt: '2026-02-11T09:13:55.000Z',
  });
  t.deepEqual(parsePullRequest('gitlab', webhookFixture('gitlab-merge-request')), {
    repoUrls: [
      'http://example.com/mike/diaspora.git',
      'git@example.com:mike/diaspora.git',
      'http://example.com/mike/diaspora',
    ],
    number: 39,
    action: 'updated',
    head: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
    headBranch: 'topics/readme',
    base: 'master',
    title: 'Fix the readme',
    fork: false,
    updatedAt: '2026-04-14T06:10:56.000Z',
  });
});

test('parsePullRequest() tells what happened to its commits, and nothing else', t => {
  for (const action of ['opened', 'reopened', 'synchronize']) t.is(github({ action })?.action, 'updated');
  t.is(github({ action: 'closed' })?.action, 'closed');
  for (const action of ['labeled', 'edited', 'review_requested', 'dequeued'])
    t.is(github({ action }), undefined);
  for (const action of ['opened', 'reopened', 'synchronized']) t.is(gitea({ action })?.action, 'updated');
  t.is(gitea({ action: 'label_updated' }), undefined);
  for (const action of ['open', 'reopen']) t.is(gitlab({ action })?.action, 'updated');
  for (const action of ['close', 'merge']) t.is(gitlab({ action })?.action, 'closed');
  t.is(gitlab({ action: 'update', oldrev: undefined }), undefined);
  t.is(gitlab({ action: 'approved' }), undefined);
});

test('parsePullRequest() takes for a fork whatever is not from a branch of the same repository', t => {
  const { head } = JSON.parse(webhookFixture('github-pull-request')).pull_request;
  t.true(github({}, { head: { ...head, repo: { ...head.repo, id: 5 } } })?.fork);
  t.true(github({}, { head: { ...head, repo: null } })?.fork);
  const { head: other } = JSON.parse(webhookFixture('gitea-pull-request')).pull_request;
  t.true(gitea({}, { head: { ...other, repo_id: -1, repo: null } })?.fork);
  t.true(gitea({}, { head: { ...other, repo_id: 141 } })?.fork);
  // Somebody who may only read pushed to refs/for/main.
  t.true(gitea({}, { head: { ...other, label: '', ref: 'refs/pull/7/head' } })?.fork);
  t.true(gitlab({ source_project_id: 16 })?.fork);
  t.true(gitlab({ source_project_id: null })?.fork);
});

test('parsePullRequest() leaves alone what Gogs sends, which names no commit', t => {
  t.is(gitea({ action: 'opened' }, { head: undefined, head_branch: 'feature' }), undefined);
});

test('parsePullRequest() refuses what is none, naming every field and repeating none', t => {
  const { head } = JSON.parse(webhookFixture('github-pull-request')).pull_request;
  const refused = { instanceOf: PermanentError };
  const short = t.throws(
    () => github({ number: 'x' }, { head: { ...head, sha: 'do not repeat me' } }),
    refused,
  );
  t.regex(short?.message ?? '', /^Cannot read the pull request: number: .*; pull_request\.head\.sha: /);
  t.notRegex(short?.message ?? '', /do not repeat me/);
  t.throws(() => gitlab({ last_commit: undefined }), refused);
  t.throws(() => parsePullRequest('dockerhub', '{}'), refused);
});

test('judgePayload() has pull requests looked at, and passes over what says nothing of their commits', t => {
  const body = webhookFixture('github-pull-request');
  t.deepEqual(judgePayload({ kind: 'github', event: 'pull_request', body }), {
    event: 'pull_request',
    topic: 'pushes',
  });
  const labeled = edited('github-pull-request', { action: 'labeled' });
  t.deepEqual(judgePayload({ kind: 'github', event: 'pull_request', body: labeled }), {
    event: 'pull_request',
    topic: 'pushes',
    ignored: 'pull_request: nothing of its commits changed',
  });
  const request = webhookFixture('gitlab-merge-request');
  t.deepEqual(judgePayload({ kind: 'gitlab', event: 'merge_request', body: request }), {
    event: 'merge_request',
    topic: 'pushes',
  });
  t.like(judgePayload({ kind: 'github', event: 'pull_request_review', body }), {
    ignored: 'pull_request_review: nothing to do',
  });
});

test('parsePullRequest() understands a damaged payload, or refuses it, and nothing else', t => {
  const kinds = ['github', 'gitea', 'gitlab'] as const;
  const paths = ['action', 'number', 'pull_request', 'repository', 'object_attributes', 'project', 'head'];
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.constantFrom(...paths), fc.jsonValue(), (kind, path, value) => {
      const payload = JSON.parse(
        webhookFixture(kind === 'gitlab' ? 'gitlab-merge-request' : `${kind}-pull-request`),
      );
      const inside = kind === 'gitlab' ? 'object_attributes' : 'pull_request';
      const body = JSON.stringify(
        path === 'head'
          ? { ...payload, [inside]: { ...payload[inside], head: value, last_commit: value } }
          : { ...payload, [path]: value },
      );
      try {
        const pull = parsePullRequest(kind, body);
        if (pull !== undefined) t.regex(pull.head, /^[0-9a-f]{40}$/);
      } catch (error) {
        t.true(error instanceof PermanentError, String(error));
      }
    }),
  );
});
