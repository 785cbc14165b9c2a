import test from 'ava';
import fc from 'fast-check';
import type { PullRequest } from '../../shared/domain/deliveries/pull-request.ts';
import type { Pull } from '../../shared/domain/documents/pull.ts';
import { judgePull } from '../../shared/domain/pulls/judge-pull.ts';

const sha = (name: string) => name.repeat(40);
const at = (minute: number) => `2030-01-01T00:0${minute}:00.000Z`;

/** Pull request 7 as a forge tells of it at a minute. */
function told(head: string, minute: number, action: PullRequest['action'] = 'updated'): PullRequest {
  return {
    repoUrls: [],
    number: 7,
    action,
    head: sha(head),
    headBranch: 'feature',
    base: 'main',
    title: `After ${head}`,
    fork: false,
    updatedAt: at(minute),
  };
}

/** What was said of each, one after another, all received at the same time. */
function tell(...requests: readonly PullRequest[]) {
  let known: Pull | undefined;
  const said = requests.map(request => {
    const verdict = judgePull(known, { repo: 'app', told: request, received: at(9) });
    if ('pull' in verdict) known = verdict.pull;
    return verdict.kind === 'build' ? `patch ${verdict.patch}` : verdict.kind;
  });
  return { said, known };
}

test('judgePull() numbers the heads as they arrive, and remembers them', t => {
  const { said, known } = tell(told('a', 1), told('b', 2), told('c', 3));
  t.deepEqual(said, ['patch 1', 'patch 2', 'patch 3']);
  t.deepEqual(known, {
    repo: 'app',
    number: 7,
    status: 'open',
    title: 'After c',
    base: 'main',
    headBranch: 'feature',
    fork: false,
    heads: ['a', 'b', 'c'].map(name => ({ sha: sha(name), at: at(9) })),
    patch: 3,
    changedAt: at(3),
  });
});

test('judgePull() gives a head that comes again the number that it has', t => {
  t.deepEqual(tell(told('a', 1), told('a', 1)).said, ['patch 1', 'patch 1']);
  const { said, known } = tell(told('a', 1), told('b', 2), told('a', 3));
  t.deepEqual(said, ['patch 1', 'patch 2', 'patch 1']);
  t.is(known?.patch, 1);
});

test('judgePull() builds nothing of a head that is told of after a newer one', t => {
  const { said, known } = tell(told('b', 2), told('a', 1));
  t.deepEqual(said, ['patch 1', 'overtaken']);
  t.deepEqual(
    known?.heads.map(head => head.sha),
    [sha('b')],
  );
});

test('judgePull() builds nothing of one that is closed, until it is opened again', t => {
  const late = tell(told('a', 1), told('b', 3, 'closed'), told('b', 2));
  t.deepEqual(late.said, ['patch 1', 'closed', 'overtaken']);
  t.is(late.known?.status, 'closed');
  const again = tell(told('a', 1), told('a', 2, 'closed'), told('a', 3), told('b', 4));
  t.deepEqual(again.said, ['patch 1', 'closed', 'patch 1', 'patch 2']);
  t.is(again.known?.status, 'open');
});

test('judgePull() remembers that one is closed of which nothing else was told', t => {
  const { said, known } = tell(told('a', 2, 'closed'), told('a', 1));
  t.deepEqual(said, ['closed', 'overtaken']);
  t.like(known, { status: 'closed', heads: [], patch: undefined });
});

test('judgePull() goes by when it was received where the forge tells no time', t => {
  const { updatedAt: _, ...untimed } = told('a', 1);
  const verdict = judgePull(undefined, { repo: 'app', told: untimed, received: at(4) });
  t.like(verdict, { kind: 'build', patch: 1, pull: { changedAt: at(4) } });
});

test('judgePull() ends at what the forge said last, in whatever order and however often it is told', t => {
  const story = [
    told('a', 1),
    told('b', 2),
    told('b', 3, 'closed'),
    told('b', 4),
    told('c', 5),
    told('a', 6),
    told('a', 7, 'closed'),
  ];
  const orders = fc.shuffledSubarray([...story, ...story], { minLength: 1 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: story.length }), orders, (length, order) => {
      const heard = order.filter(request => story.indexOf(request) < length);
      const last = heard.toSorted((a, b) => (a.updatedAt ?? '').localeCompare(b.updatedAt ?? '')).at(-1);
      const { known } = tell(...heard);
      t.is(known?.changedAt, last?.updatedAt);
      t.is(known?.status, last && (last.action === 'closed' ? 'closed' : 'open'));
      const shas = known?.heads.map(head => head.sha) ?? [];
      t.is(new Set(shas).size, shas.length);
      if (last?.action === 'updated') t.is(shas[(known?.patch ?? 0) - 1], last.head);
    }),
  );
});
