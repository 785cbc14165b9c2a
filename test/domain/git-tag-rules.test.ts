import test from 'ava';
import type { GitTagRule } from '../../shared/domain/documents/tag.ts';
import { isTakenBy, nameFor } from '../../shared/domain/tags/git-tag-rules.ts';

const pattern = (text: string): GitTagRule => ({ kind: 'pattern', pattern: text });
const versions = (range: string, preReleases = false): GitTagRule => ({
  kind: 'versions',
  range,
  preReleases,
});

const takes = test.macro({
  exec(t, rule: GitTagRule, gitTags: readonly string[], expected: readonly string[]) {
    t.deepEqual(
      gitTags.filter(gitTag => isTakenBy(rule, gitTag)),
      expected,
    );
  },
  title: name => `isTakenBy(): ${name}`,
});
test(
  'TB-4: a pattern takes what begins so',
  takes,
  pattern('release-*'),
  ['release-1.2', 'prerelease-1', 'dev'],
  ['release-1.2'],
);
test('a pattern means its dots as they are', takes, pattern('v1.?'), ['v1.2', 'v1x2', 'v1.22'], ['v1.2']);
test('a star goes over slashes', takes, pattern('web/*'), ['web/1/2', 'api/1'], ['web/1/2']);
test('a pattern without a star is a name', takes, pattern('live'), ['live', 'alive'], ['live']);
test(
  'versions in a range',
  takes,
  versions('v1'),
  ['v1.2.0', '1.3.0', 'v1', 'v2.0.0', 'v1.4.0-rc.1'],
  ['v1.2.0', '1.3.0'],
);
test(
  'pre-releases where they count',
  takes,
  versions('1.4', true),
  ['v1.4.0-rc.1', 'v1.4.0'],
  ['v1.4.0-rc.1', 'v1.4.0'],
);

test('nameFor(): of several versions the highest', t => {
  t.is(nameFor(versions('*'), ['v1.9.0', 'v1.10.0', 'latest', 'v1.2.0']), 'v1.10.0');
  t.is(nameFor(versions('v2'), ['v1.9.0']), undefined);
  t.is(nameFor(pattern('release-*'), ['latest', 'release-1']), 'release-1');
});
