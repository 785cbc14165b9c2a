import test from 'ava';
import fc from 'fast-check';
import { Status, Why } from '../../functions/api/answers.ts';
import { describeLog } from '../../infra/cli/journal/describe-log.ts';
import { formatLine } from '../../infra/cli/journal/format-line.ts';
import { progressBar } from '../../infra/cli/journal/progress-bar.ts';
import { alignColumns } from '../../infra/cli/text/align-columns.ts';
import { oneLine } from '../../infra/cli/text/one-line.ts';
import { statusText } from '../../infra/cli/text/status-text.ts';
import { whyText } from '../../infra/cli/text/why-text.ts';
import { wrapWords } from '../../infra/cli/text/wrap-words.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { callJson, sampleApi } from '../helpers/call-api.ts';

const plain = (_: string, text: string) => text;
const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 }).map(all => all.join(' '));

test('words are broken between words only, nothing is lost, and only a word alone is longer than the line', t => {
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 60 }), (text, width) => {
      const lines = wrapWords(text, width);
      const fits = lines.every(line => line.length <= width || !line.includes(' '));
      return fits && lines.join(' ') === text;
    }),
  );
  t.deepEqual(wrapWords('a bb ccc', Number.POSITIVE_INFINITY), ['a bb ccc']);
});

test('columns line up, and the widest is broken where they do not fit', t => {
  const rows = [
    ['A', 'REASON', 'WHEN'],
    ['web', 'prod is three commits ahead of that', 'now'],
    ['api', 'short', '1 s ago'],
  ];
  t.deepEqual(alignColumns(rows), [
    'A    REASON                               WHEN',
    'web  prod is three commits ahead of that  now',
    'api  short                                1 s ago',
  ]);
  t.deepEqual(alignColumns(rows, 34), [
    'A    REASON            WHEN',
    'web  prod is three     now',
    '     commits ahead of',
    '     that',
    'api  short             1 s ago',
  ]);
});

test('what comes from outside stays on its line, and tells the terminal nothing', t => {
  t.is(oneLine('Sell\u001b[2J\u001b]0;x\u0007 spoons\r\nand\tforks\u202e'), 'Sell [2J ]0;x spoons and forks');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => !/[\p{Cc}\u2028\u2029\u202e]/u.test(oneLine(text))),
  );
});

test('a line of the journal goes on under its own column', t => {
  const line = { kind: 'moved', subject: 'web:prod', text: 'to 257fa1b: the first image of the branch' };
  const at = new Date(2026, 0, 2, 3, 4, 5);
  t.is(
    formatLine(line, { paint: plain, width: 80 }, at),
    '03:04:05  moved     web:prod              to 257fa1b: the first image of the\n' +
      '                                          branch',
  );
  const long = formatLine(line, { paint: plain, width: Number.POSITIVE_INFINITY }, at);
  t.false(long.includes('\n'));
});

test('a line of the log reads as a line of the journal', t => {
  const lines: string[] = [];
  const clock = { now: () => 0 };
  const log = createLog({ write: line => lines.push(line), level: 'info', redact: text => text, clock });
  log.warn('Look failed', { key: 'web!prod', permanent: false, error: new Error('no such host') });
  t.deepEqual(describeLog(lines[0] ?? ''), {
    kind: 'warn',
    subject: 'Look failed',
    text: 'key web!prod, permanent false, error no such host',
    tone: 'warn',
  });
});

test('a progress bar is as wide as asked, whatever part is done', t => {
  t.is(progressBar({ done: 1, total: 3 }, 6), '██░░░░  33 %');
  t.is(progressBar({ done: 0, total: 0 }, 4), '░░░░   0 %');
  t.is(progressBar({ done: 9, total: 3 }, 4), '████ 100 %');
});

test('status and why fit into 80 columns, and say what is wrong in words', async t => {
  const { api } = await sampleApi();
  const status = Status.parse((await callJson(api, '/api/v1/status')).json);
  const text = statusText(status, { url: 'http://127.0.0.1:8080', paint: plain, width: 80 });
  for (const line of text.split('\n')) t.true(line.length <= 80, line);
  t.regex(text, /^NOTES\n(?:.*\n)*api at local +starting: health check 2 of 5$/m);
  t.regex(text, /^backend at manifests {2}held by ada: year-end closing, no changes until it is over$/m);
  const why = Why.parse((await callJson(api, '/api/v1/services/manifests/backend/why')).json);
  const reason = whyText(why, { paint: plain, width: 80 });
  for (const line of reason.split('\n')) t.true(line.length <= 80, line);
});
