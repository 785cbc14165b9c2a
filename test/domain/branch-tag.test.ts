import test from 'ava';
import fc from 'fast-check';
import { isTag } from '../../shared/domain/names/image-reference.ts';
import { branchTag, pullRequestTag, wouldCollide } from '../../shared/domain/tree/branch-tag.ts';

const named = test.macro({
  exec(t, branch: string, expected: string) {
    t.deepEqual(branchTag(branch, { prefix: '2026.3' }), { kind: 'tag', tag: expected });
  },
  title: (_, branch) => `DH-23: branch "${branch}" has a tag`,
});

test(named, 'feature/x', '2026.3-feature-x');
test(named, 'Fix_#12', '2026.3-Fix_-12');
test(named, 'v1.0@beta', '2026.3-v1.0-beta');
test(named, 'with space', '2026.3-with-space');
test(named, 'größe', '2026.3-gr--e');
test(named, 'merge-queue', '2026.3-merge-queue');

test('every character that the pipelines replaced becomes a dash', t => {
  for (const character of '~!@#$%^&*()+`=[]{}|\\;:\'",<>/?') {
    t.deepEqual(branchTag(`a${character}b`), { kind: 'tag', tag: 'a-b' }, character);
  }
});

test('no branch passes for a release', t => {
  t.like(branchTag('stable', { prefix: '2026.3' }), {
    kind: 'refused',
    reason: 'Cannot name a tag for branch "stable": "stable" is what releases are called; rename the branch',
  });
  t.is(branchTag('').kind, 'refused');
  t.like(branchTag('2026.3/stable'), {
    kind: 'refused',
    reason:
      'Cannot name a tag for branch "2026.3/stable": "2026.3-stable" is what releases are called; rename the branch',
  });
  t.is(branchTag('2026.3/stable', { prefix: '2026.3' }).kind, 'tag');
  t.is(branchTag('make-it-stable').kind, 'tag');
});

test('two branches do not share a tag: the earlier one keeps it', t => {
  t.deepEqual(branchTag('a/b', { earlier: ['main', 'a/b'] }), { kind: 'tag', tag: 'a-b' });
  const later = branchTag('a-b', { earlier: ['main', 'a/b'] });
  t.deepEqual(later, { kind: 'tag', tag: 'a-b-2a89df63', note: '"a-b" is the tag of branch "a/b"' });
  t.true(wouldCollide('a/b', 'a-b'));
  t.false(wouldCollide('a/b', 'a/b'));
});

test('a tag that would be too long is cut, and still tells branches apart', t => {
  const long = 'x'.repeat(200);
  const [a, b] = [branchTag(`${long}a`, { prefix: '2026.3' }), branchTag(`${long}b`, { prefix: '2026.3' })];
  t.like(a, { kind: 'tag', note: `"2026.3-${long}a" is longer than 128 characters` });
  t.notDeepEqual(a, b);
});

test('whatever the branch is called, its tag is one that registries take', t => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
      fc.option(fc.stringMatching(/^\w[\w.]{0,62}$/), { nil: undefined }),
      (branch, prefix) => {
        const named = branchTag(branch, { prefix });
        return named.kind === 'refused' ? branch === 'stable' : isTag(named.tag);
      },
    ),
  );
  t.pass();
});

test('a pull request has a tag of its own, apart from all branches of a stack', t => {
  t.is(pullRequestTag({ number: 12, patch: '3' }), '12_3');
  t.true(isTag(pullRequestTag({ number: 12, patch: 'c0ffee1' })));
});
