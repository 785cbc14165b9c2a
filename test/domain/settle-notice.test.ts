import test from 'ava';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import type { Notice } from '../../shared/domain/notices/judge-notice.ts';
import { settleNotice } from '../../shared/domain/notices/settle-notice.ts';
import { aBuild, aTag, at, candidateOf, digest, NOW, sha, standingOn } from '../helpers/a-document.ts';

const its = { repo: 'shop', now: NOW };
const success: Notice = { image: 'web', commit: sha('c1'), status: 'succeeded', digest: digest('c1') };
const failure: Notice = { image: 'web', commit: sha('c1'), status: 'failed' };
const settle = (build: Build | undefined, notice: Notice, tags: readonly Tag[] = [aTag()]) =>
  settleNotice({ build, tags, children: [aBuild({ image: 'child', due: undefined })] }, notice, its);

test('settleNotice(): a success is recorded, asks for the tags of its image and wakes what stands on it', t => {
  const { build, tags, children, verdict } = settle(aBuild({ claim: { by: 'w', until: at(9) } }), success, [
    aTag(),
    aTag({ tag: 'beta' }),
  ]);
  t.is(verdict, 'record');
  t.like(build, {
    status: 'succeeded',
    digest: digest('c1'),
    noticedAt: at(),
    endedAt: at(),
    due: undefined,
    claim: undefined,
  } as object);
  t.deepEqual(
    tags.map(({ tag, candidates, due }) => [tag, candidates, due]),
    [
      ['prod', [candidateOf('c1')], at()],
      ['beta', [candidateOf('c1')], at()],
    ],
  );
  t.deepEqual(
    children.map(({ image, due }) => [image, due]),
    [['child', at()]],
  );
});

test('settleNotice(): a build that nobody asked for is recorded too', t => {
  t.like(settle(undefined, success).build, {
    image: 'web',
    commit: sha('c1'),
    repo: 'shop',
    status: 'succeeded',
    requestedAt: at(),
  });
});

test('settleNotice(): a failure is recorded with its reason, asks for no tag and wakes what stands on it', t => {
  const notice = settleNotice(
    { build: aBuild(), tags: [aTag()], children: [aBuild({ due: undefined })] },
    failure,
    { ...its, message: 'npm test failed' },
  );
  t.like(notice, {
    build: { status: 'failed', lastError: 'npm test failed' },
    tags: { length: 0 },
    children: [{ due: at() }],
  });
  t.is(settle(aBuild(), failure).build?.lastError, 'the builder reported a failure');
});

test('settleNotice(): work under way leaves what is due to who is at it, and wakes nobody', t => {
  const claim = { by: 'w', until: at(9) };
  const { build, tags, children } = settle(aBuild({ claim, due: at(9) }), { ...failure, status: 'building' });
  t.like(build, { status: 'building', claim, due: at(9) });
  t.deepEqual([tags, children], [[], []]);
});

const done = aBuild({ status: 'succeeded', digest: digest('c1'), startedAt: at(1), due: undefined });

test('SK-22: settleNotice(): the same success once more changes nothing', t => {
  const standing = aTag({ wanted: standingOn('c1') });
  t.deepEqual(settle(done, success, [standing]), { verdict: 'duplicate', tags: [], children: [] });
});

test('settleNotice(): the same success once more does not undo what a person did with the tag since', t => {
  const rolledBack = aTag({ wanted: standingOn('c0'), observed: standingOn('c0') });
  t.deepEqual(settle(done, success, [rolledBack]).tags, []);
});

test('settleNotice(): a tag that stands nowhere yet hears of an image that was there before it', t => {
  t.deepEqual(
    settle(done, success, [aTag()]).tags.map(({ candidates }) => candidates),
    [[candidateOf('c1')]],
  );
});

test('settleNotice(): a rebuild whose start is not known leaves the record and asks for the tag, which will wait', t => {
  const { verdict, build, tags } = settle(done, { ...success, digest: digest('other') }, [
    aTag({ wanted: standingOn('c1') }),
  ]);
  t.deepEqual([verdict, build, tags.length], ['unclear', undefined, 1]);
});

test('settleNotice(): a failure that comes after the success is dropped', t => {
  t.deepEqual(settle(done, failure), { verdict: 'out of order', tags: [], children: [] });
});

const ours = aBuild({
  status: 'building',
  buildId: 'ours',
  claim: { by: 'w', until: at(9) },
  due: at(9),
  startedAt: at(-60),
});
/** As headway leaves it when it has ended, before its notice is settled. */
const ended = (build: Build | undefined): Build => ({ ...ours, ...build, claim: undefined, due: undefined });

test('settleNotice(): what a stranger tells of a build under way asks for tags, and leaves it to who is at it', t => {
  const { verdict, build, tags, children } = settle(ours, success);
  t.deepEqual([verdict, tags.length, children], ['being built', 1, []]);
  t.like(build, { status: 'building', buildId: 'ours', claim: ours.claim, due: at(9), digest: undefined });
  t.deepEqual(settle(ours, { ...failure, buildId: 'theirs' }), {
    verdict: 'being built',
    tags: [],
    children: [],
  });
  t.is(settle(build, success).build, undefined, 'it is known');
});

test('settleNotice(): a success that a stranger told of meanwhile stands above our failure, and below our own success', t => {
  const told = ended(settle(ours, success).build);
  t.like(settle(told, { ...failure, buildId: 'ours' }).build, {
    status: 'succeeded',
    digest: digest('c1'),
    told: undefined,
    lastError: undefined,
  });
  const own = { ...success, digest: digest('own'), buildId: 'ours', startedAt: at(-60) };
  t.like(settle(told, own).build, { status: 'succeeded', digest: digest('own'), told: undefined });
  const later = ended(settle(ours, { ...success, startedAt: at(-30) }).build);
  t.like(settle(later, own).build, { digest: digest('c1'), startedAt: at(-30) }, 'unless it began later');
});
