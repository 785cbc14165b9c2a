import test from 'ava';
import { formatSelection } from '../../functions/api/page/selection.js';
import type { Build } from '../../shared/domain/documents/build.ts';
import { reportOfBuild } from '../../shared/domain/reports/report-of-build.ts';

const COMMIT = 'c0ffee0'.padEnd(40, '0');
const at = '2030-01-01T00:00:00.000Z';
const build: Build = {
  image: 'api',
  commit: COMMIT,
  repo: 'shop/main',
  status: 'building',
  steps: [],
  attempts: 0,
};
const tested = [
  { name: 'basic tests', at },
  { name: 'build', at },
];
const failedIn = (name: string) => [
  { name, at, message: 'failed' },
  { name: 'failed', at },
];

const says = test.macro({
  exec(t, change: Partial<Build>, expected: string) {
    const { state, description } = reportOfBuild({ ...build, ...change });
    t.is(`${state}: ${description}`, expected);
  },
  title: (name = '') => `reportOfBuild() tells of ${name}`,
});

test('a build that waits', says, { status: 'waiting' }, 'pending: Waits for its turn');
test(
  'what a build waits for',
  says,
  { status: 'waiting', lastError: 'image "base" is not built yet' },
  'pending: Waits for its turn: image "base" is not built yet',
);
test('a build under way', says, {}, 'pending: Is being built');
test('a success', says, { status: 'succeeded' }, 'success: Built');
test(
  'how long it took',
  says,
  { status: 'succeeded', startedAt: at, endedAt: '2030-01-01T00:02:05.400Z', steps: tested },
  'success: Built and tested in 2 min 5 s',
);
test(
  'an image that is taken over',
  says,
  { status: 'succeeded', carries: 'badcafe'.padEnd(40, '0') },
  'success: Taken over from badcafe: nothing of it changed',
);
test(
  'why it failed, on one line',
  says,
  { status: 'failed', lastError: 'exit status 2:\n  no such file' },
  'failure: Failed: exit status 2: no such file',
);
test(
  'the step that failed',
  says,
  { status: 'failed', steps: failedIn('build'), lastError: 'line 3: unknown instruction "RUM"' },
  'failure: Failed to build: line 3: unknown instruction "RUM"',
);
test(
  'the tests that failed',
  says,
  { status: 'failed', steps: failedIn('integration tests'), lastError: '2 of 7 failed' },
  'failure: Failed its integration tests: 2 of 7 failed',
);
test(
  'what took its place',
  says,
  { status: 'superseded', lastError: 'commit c0ffee1 took its place' },
  'failure: Not built: commit c0ffee1 took its place',
);
test('who cancelled it', says, { status: 'cancelled', lastError: 'ada did' }, 'failure: Cancelled: ada did');

test("reportOfBuild() speaks for the image, and links to its commit on headway's page", t => {
  const { context, link } = reportOfBuild(build, { page: 'https://headway.acme.com/' });
  t.is(context, 'headway/api');
  const selection = { kind: 'commit' as const, repo: build.repo, sha: build.commit };
  t.is(link, `https://headway.acme.com/${formatSelection(selection)}`);
  t.false('link' in reportOfBuild(build));
});
