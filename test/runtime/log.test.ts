import test from 'ava';
import fc from 'fast-check';
import type { Fields } from '../../shared/ports/log.ts';
import { createLog, type LogLevel } from '../../shared/runtime/log.ts';

const SECRET = 'tiger-4711-tiger';

function logging(level: LogLevel = 'info') {
  const lines: string[] = [];
  const redact = (text: string) => text.replaceAll(SECRET, '[secret]');
  const log = createLog({
    write: line => lines.push(line),
    level,
    redact,
    clock: { now: () => Date.parse('2026-02-11T09:15:00Z') },
  });
  return { log, lines, parsed: () => lines.map(line => JSON.parse(line)) };
}

test('a line is JSON: the time, the level, the constant message, then the fields', t => {
  const { log, lines } = logging();
  log.info('Tag moved', { image: 'api', commit: undefined, distance: 3 });
  t.deepEqual(lines, [
    '{"time":"2026-02-11T09:15:00.000Z","level":"info","message":"Tag moved","image":"api","distance":3}\n',
  ]);
});

test('lines below the level are not written', t => {
  const { log, parsed } = logging('warn');
  log.info('a');
  log.warn('b');
  log.error('c');
  t.deepEqual(
    parsed().map(({ message }) => message),
    ['b', 'c'],
  );
});

const writes = test.macro({
  exec(t, fields: Fields, expected: object) {
    const { log, parsed } = logging();
    log.info('m', fields);
    const { time: _time, level: _level, message: _message, ...rest } = parsed()[0];
    t.deepEqual(rest, expected);
  },
  title: (name = '') => `the log writes ${name}`,
});
const loop: Record<string, unknown> = { a: 1 };
loop['self'] = loop;
const trap = Object.defineProperty({}, 'x', {
  enumerable: true,
  get: () => {
    throw new Error('no');
  },
});
const failure = Object.assign(new TypeError('outer', { cause: new Error('inner') }), { code: 'EX' });
test(
  'fields that would hide its own under another name',
  writes,
  { level: 1, message: 'x' },
  { level_: 1, message_: 'x' },
);
test(
  'an error with its cause, without its stack',
  writes,
  { error: failure },
  {
    error: { name: 'TypeError', message: 'outer', code: 'EX', cause: { name: 'Error', message: 'inner' } },
  },
);
test(
  'several errors in one',
  writes,
  { error: new AggregateError([new Error('a')], 'all') },
  {
    error: { name: 'AggregateError', message: 'all', errors: [{ name: 'Error', message: 'a' }] },
  },
);
test(
  'dates, bytes, big numbers and sets',
  writes,
  { d: new Date(0), b: Buffer.from('abc'), n: 10n, s: new Set([1]) },
  {
    d: '1970-01-01T00:00:00.000Z',
    b: '[3 bytes]',
    n: '10',
    s: [1],
  },
);
test('a circle', writes, { loop }, { loop: { a: 1, self: '[circular]' } });
test('what cannot be read', writes, { trap }, { trap: '[cannot be read]' });
test('nothing of functions', writes, { f: () => 1, list: [() => 1] }, { list: [null] });

test('stacks are shown at debug only', t => {
  const { log, parsed } = logging('debug');
  log.error('m', { error: new Error('x') });
  t.regex(parsed()[0].error.stack, /log\.test\.ts/);
});

test('no secret is in a line, wherever it was, and the log never throws', t => {
  const text = fc.constantFrom(SECRET, `a ${SECRET}`, `${SECRET}${SECRET}`, 'harmless');
  const { anything } = fc.letrec(tie => ({
    anything: fc.oneof(
      { maxDepth: 5 },
      text,
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
      text.map(message => new Error(message, { cause: message })),
      text.map(name => new URL(`https://${name.replaceAll(' ', '')}@a/${encodeURIComponent(name)}`)),
      fc.array(tie('anything'), { maxLength: 3 }),
      fc.dictionary(text, tie('anything'), { maxKeys: 3 }),
    ),
  }));
  fc.assert(
    fc.property(text, fc.dictionary(text, anything, { maxKeys: 4 }), (message, fields) => {
      const { log, lines } = logging('debug');
      log.error(message, fields);
      return lines.length === 1 && !lines.join('').includes(SECRET);
    }),
    { numRuns: 1_000 },
  );
  t.pass();
});
