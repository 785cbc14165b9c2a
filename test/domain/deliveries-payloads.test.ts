import test from 'ava';
import { parseNotice } from '../../shared/domain/deliveries/parse-notice.ts';
import { parsePush } from '../../shared/domain/deliveries/parse-push.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { webhookFixture } from '../helpers/signed-webhook.ts';

const BEFORE = '1f0c5a7d9b3e4628a1c0d5e6f7089a1b2c3d4e5f';
const AFTER = '8c2b7e4f6a1d3059c8b7a6e5d4f3c2b1a0918273';
const ZERO = '0'.repeat(40);
const head = {
  author: 'Octavia Núñez',
  message: 'Take the basket\'s currency from the country\n\nWas always EUR. "Fixes" #12',
  committedAt: '2026-02-11T09:13:54.000Z',
};

const giteaHead = { ...head, message: "Take the basket's currency from the country\n" };

function edited(fixture: string, change: object): string {
  return JSON.stringify({ ...JSON.parse(webhookFixture(fixture)), ...change });
}

test("parsePush() reads GitHub's push of a branch", t => {
  t.deepEqual(parsePush('github', webhookFixture('github-push')), {
    repoUrls: [
      'https://github.com/acme/shop.git',
      'git@github.com:acme/shop.git',
      'git://github.com/acme/shop.git',
      'https://github.com/acme/shop',
    ],
    kind: 'branch',
    name: 'main',
    before: BEFORE,
    after: AFTER,
    forced: false,
    deleted: false,
    size: 2,
    head,
  });
});

test("parsePush() reads Gitea's push, which does not tell whether it was forced", t => {
  const push = parsePush('gitea', webhookFixture('gitea-push'));
  t.like(push, {
    kind: 'branch',
    name: 'main',
    before: BEFORE,
    after: AFTER,
    forced: true,
    size: 1,
    head: giteaHead,
  });
  t.true(push.repoUrls.includes('ssh://git@git.acme.example:2222/acme/shop.git'));
  t.false(parsePush('gitea', edited('gitea-push', { before: ZERO })).forced);
  t.true(parsePush('gitea', edited('gitea-push', { after: ZERO })).deleted);
});

test('parsePush() takes the commit from the list where the head commit is missing', t => {
  t.deepEqual(parsePush('gitea', edited('gitea-push', { head_commit: undefined })).head, giteaHead);
  t.is(parsePush('gitea', edited('gitea-push', { head_commit: null, commits: [] })).head, undefined);
});

test('parsePush() reads tags, deletions, branches with slashes and other refs', t => {
  t.like(parsePush('github', webhookFixture('github-tag')), { kind: 'tag', name: 'v1.4.0', before: ZERO });
  t.like(parsePush('github', webhookFixture('github-branch-deleted')), {
    kind: 'branch',
    name: 'feature/basket',
    after: ZERO,
    deleted: true,
  });
  const notes = parsePush('github', edited('github-push', { ref: 'refs/notes/commits' }));
  t.like(notes, { kind: 'other', name: 'refs/notes/commits' });
});

const refusesPush = test.macro({
  exec(t, change: object, message: RegExp) {
    const error = t.throws(() => parsePush('github', edited('github-push', change)), {
      instanceOf: PermanentError,
    });
    t.regex(error?.message ?? '', message);
    t.notRegex(error?.message ?? '', /do not repeat me/);
  },
  title: (name = '') => `parsePush() refuses ${name}`,
});
test(
  'an abbreviated commit',
  refusesPush,
  { after: 'do not repeat me' },
  /^Cannot read the push: after: expected a full commit/,
);
test('a ref that is no text', refusesPush, { ref: 7 }, /ref: /);
test('a missing repository', refusesPush, { repository: undefined }, /repository: /);
test('every mistake at once', refusesPush, { ref: '', before: 1 }, /ref: .*; before: /);

test("parsePush() reads GitLab's push, which does not tell whether it was forced", t => {
  const push = parsePush('gitlab', webhookFixture('gitlab-push'));
  t.deepEqual(push, {
    repoUrls: [
      'http://example.com/mike/diaspora.git',
      'git@example.com:mike/diaspora.git',
      'http://example.com/mike/diaspora',
    ],
    kind: 'branch',
    name: 'master',
    before: '95790bf891e76fee5e1747ab589903a6a1f80f22',
    after: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
    forced: true,
    deleted: false,
    size: 4,
    head: { author: 'GitLab dev user', message: 'fixed readme', committedAt: '2012-01-03T21:36:29.000Z' },
  });
  t.like(parsePush('gitlab', webhookFixture('gitlab-tag')), { kind: 'tag', name: 'v1.0.0', forced: false });
  t.true(parsePush('gitlab', edited('gitlab-push', { after: ZERO, commits: [] })).deleted);
  t.throws(() => parsePush('gitlab', edited('gitlab-push', { project: undefined })), {
    message: /project: /,
  });
});

test("parseNotice() reads Skia's three fields as a success", t => {
  t.deepEqual(parseNotice(webhookFixture('notice')), {
    image: { registry: 'registry.acme.example:5000', repository: 'shop/api', tag: AFTER },
    status: 'succeeded',
    repo: 'https://git.acme.example/acme/shop.git',
  });
});

test('parseNotice() reads every field, and no other', t => {
  t.deepEqual(parseNotice(webhookFixture('notice-whole')), {
    image: { registry: 'registry.acme.example:5000', repository: 'shop/api', tag: AFTER },
    status: 'succeeded',
    repo: 'https://git.acme.example/acme/shop.git',
    branch: 'main',
    digest: `sha256:049da46c${'5b'.repeat(28)}`,
    buildId: '2026-02-11-118',
    startedAt: '2026-02-11T09:14:02.000Z',
    parentDigest: `sha256:${'ab'.repeat(32)}`,
  });
});

test('parseNotice() takes empty fields as absent, and the words of other builders', t => {
  const words = { SUCCESS: 'succeeded', failure: 'failed', TIMEOUT: 'failed', working: 'building' };
  for (const [status, expected] of Object.entries(words)) {
    t.is(parseNotice(edited('notice', { status, digest: '', build_id: null })).status, expected as 'failed');
  }
});

const refusesNotice = test.macro({
  exec(t, change: object, message: RegExp) {
    const error = t.throws(() => parseNotice(edited('notice', change)), { instanceOf: PermanentError });
    t.regex(error?.message ?? '', message);
  },
  title: (name = '') => `parseNotice() refuses ${name}`,
});
test(
  'an image with a tag',
  refusesNotice,
  { image_name: 'a/b:c' },
  /image_name: expected an image repository without tag/,
);
test('no image', refusesNotice, { image_name: undefined }, /image_name: /);
test('a tag that is none', refusesNotice, { tag: '-' }, /tag: expected an image tag/);
test('a number as digest', refusesNotice, { digest: 7 }, /digest: .*expected string/);
test('a short digest', refusesNotice, { digest: 'sha256:1' }, /digest: expected sha256/);
test('an unknown status', refusesNotice, { status: 'odd' }, /status: expected success, failure or working/);
test('a time without a zone', refusesNotice, { started_at: '2026-02-11T09:14:02' }, /started_at: /);
