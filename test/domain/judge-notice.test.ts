import test from 'ava';
import { isLaterBuild } from '../../shared/domain/builds/later-build.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { judgeNotice, type Notice, type NoticeVerdict } from '../../shared/domain/notices/judge-notice.ts';
import { aBuild, at, digest, sha } from '../helpers/a-document.ts';

const notice = (status: Notice['status'], more: Partial<Notice> = {}): Notice => ({
  image: 'web',
  commit: sha('c1'),
  status,
  ...more,
});
const [waiting, building, failed] = [
  aBuild(),
  aBuild({ status: 'building', due: undefined }),
  aBuild({ status: 'failed' }),
];
const first = aBuild({ status: 'succeeded', digest: digest('1'), startedAt: at(1) });
const image = (word: string, startedAt?: string) =>
  notice('succeeded', { digest: digest(word), ...(startedAt !== undefined && { startedAt }) });

const judges = test.macro({
  exec(t, known: Build | undefined, arrived: Notice, expected: NoticeVerdict) {
    t.is(judgeNotice(known, arrived), expected);
  },
  title: name => `judgeNotice(): ${name}`,
});

test('records the first notice, whatever it says', judges, undefined, notice('failed'), 'record');
test('records work under way', judges, waiting, notice('building'), 'record');
test('records a failure', judges, building, notice('failed'), 'record');
test('records a success', judges, building, image('1'), 'record');
test('records a success after a failure: it was tried again', judges, failed, image('1'), 'record');
test('drops a failure that comes after the success', judges, first, notice('failed'), 'out of order');
test('drops work under way that comes after the end', judges, failed, notice('building'), 'out of order');
test('SK-22: drops the same success', judges, first, image('1', at(1)), 'duplicate');
test('drops the same image, whatever its start is said to be', judges, first, image('1'), 'duplicate');
test('drops the same progress', judges, building, notice('building'), 'duplicate');
test('records a rebuild of the same commit that started later', judges, first, image('2', at(2)), 'record');
test(
  'drops a rebuild of the same commit that started sooner',
  judges,
  first,
  image('2', at(0)),
  'older build',
);
test('unknown is not different: a rebuild of unknown start is unclear', judges, first, image('2'), 'unclear');

const ours = aBuild({ status: 'building', buildId: 'ours', due: at(60) });
const stranger = { buildId: 'theirs' };
test('a stranger ends nothing that headway is at', judges, ours, image('1'), 'being built');
test('nor by a failure', judges, ours, notice('failed', stranger), 'being built');
test(
  'its own end does',
  judges,
  { ...ours, due: undefined },
  notice('failed', { buildId: 'ours' }),
  'record',
);
test(
  'a stranger ends what only strangers build',
  judges,
  { ...ours, due: undefined },
  notice('failed', stranger),
  'record',
);

test('isLaterBuild(): of two that started in the same moment one is later, whoever comes first', t => {
  const [a, b] = [
    { digest: digest('1'), startedAt: at() },
    { digest: digest('2'), startedAt: at() },
  ];
  t.not(isLaterBuild(a, b), isLaterBuild(b, a));
  t.false(isLaterBuild(a, a));
});
