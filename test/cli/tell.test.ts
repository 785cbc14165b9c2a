import test from 'ava';
import { subjectOf } from '../../infra/cli/tell.ts';
import { comparisonText } from '../../infra/cli/text/comparison-text.ts';

const SHA = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);
const its = { paint: (_: string, text: string) => text, width: 80 };

test('subjectOf() tells a tag from a service, and refuses every other word', t => {
  t.deepEqual(subjectOf('rollback', ['web:v1.2']), {
    kind: 'tag',
    name: 'web:v1.2',
    path: 'tags/web/v1.2',
  });
  t.deepEqual(subjectOf('rollback', ['cluster/shop/deployment/web']), {
    kind: 'service',
    name: 'cluster/shop/deployment/web',
    path: 'services/cluster/shop%2Fdeployment%2Fweb',
  });
  for (const words of [[], ['web'], ['web:prod', 'api:prod'], ['a:b:c'], ['/web']]) {
    t.throws(() => subjectOf('rollback', words), { name: 'UsageError', message: /IMAGE:TAG/ });
  }
});

test('comparisonText() shows both commits, what each has that the other has not, and how to go on', t => {
  const text = comparisonText(
    {
      ...{ image: 'web', tag: 'prod', repo: 'shop', relation: 'diverged', waits: 'a person must accept it' },
      candidate: { sha: SHA, subject: 'A fix', author: 'Ada', committedAt: '2026-03-02T09:00:00.000Z' },
      standing: { sha: OTHER },
      onlyStanding: ['Five', 'Four\u001b[2J'],
      onlyCandidate: [],
    },
    its,
  );
  t.is(
    text,
    [
      'web:prod is on bbbbbbb',
      'waiting      aaaaaaa  A fix  Ada  2026-03-02',
      '',
      'a person must accept it; seen from where web:prod is, it is diverged',
      '',
      'only web:prod has:',
      '  Five',
      '  Four [2J',
      '',
      'only the commit that waits has: nothing',
      '',
      `headway accept web:prod ${SHA} --yes moves the tag there`,
    ].join('\n'),
  );
});

test('comparisonText() says what is not known', t => {
  const text = comparisonText(
    { image: 'web', tag: 'prod', repo: 'shop', candidate: { sha: SHA }, relation: 'unknown' },
    its,
  );
  t.regex(text, /web:prod is on no commit that is known/);
  t.regex(text, /of an order that is not known/);
  t.regex(text, /only web:prod has: not known here/);
});
