import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { formatMistakes } from '../../shared/runtime/configuration/format-mistakes.ts';
import { readConfigurationFile } from '../../shared/runtime/configuration/read-configuration-file.ts';
import { mistakesOf } from '../helpers/broken-configuration.ts';

const TEXT = [
  'registries: {ghcr.io: {username: bot, password: hunter2}}',
  'keep:',
  '  deliveries: 30 days # not hunter2',
].join('\n');

test('formatMistakes() gives a line a mistake, aligned', t => {
  t.is(
    formatMistakes(mistakesOf(TEXT)),
    [
      'headway.yaml:1:49  registries."ghcr.io".password: expected env://NAME, file://PATH or secret://NAME, never the secret itself',
      'headway.yaml:3:15  keep.deliveries: expected a duration such as 30s, 10m, 2h or 7d, found "30 days"',
    ].join('\n'),
  );
});

test('formatMistakes() shows the place, and of the values only the one that was found', t => {
  t.is(
    formatMistakes(mistakesOf(TEXT), TEXT),
    [
      'headway.yaml:1:49  registries."ghcr.io".password: expected env://NAME, file://PATH or secret://NAME, never the secret itself',
      '    1 | registries: {ghcr.io: {username: …, password: …}}',
      '      |                                               ^',
      'headway.yaml:3:15  keep.deliveries: expected a duration such as 30s, 10m, 2h or 7d, found "30 days"',
      '    3 |   deliveries: 30 days …',
      '      |               ^',
    ].join('\n'),
  );
});

test('formatMistakes() shows a reference that its message quotes', t => {
  const text = 'keep: {deliveries: file://a/b.txt, env://TOKEN2}';
  const place = { file: 'h', line: 1, column: 20, path: '' };
  const [, line] = formatMistakes([{ ...place, message: 'Cannot resolve "file://a/b.txt"' }], text).split(
    '\n',
  );
  t.is(line, '    1 | keep: {deliveries: file://a/b.txt, …}');
});

test('formatMistakes() shows the part of a long line that matters', t => {
  const text = `keep: {deliveries: 30d,${' '.repeat(400)}delivery: 3}`;
  const [, line = '', caret = ''] = formatMistakes(mistakesOf(text), text).split('\n');
  t.true(line.length < 140);
  t.is(line.slice(caret.indexOf('^'), caret.indexOf('^') + 'delivery'.length), 'delivery');
});

const unreadable = test.macro({
  async exec(t, write: (path: string) => Promise<unknown>, reason: string) {
    const folder = await mkdtemp(join(tmpdir(), 'headway-configuration-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const path = join(folder, 'headway.yaml');
    await write(path);
    const error = await t.throwsAsync(readConfigurationFile(path), { instanceOf: PermanentError });
    t.is(error?.message, `Cannot read configuration "${path}": ${reason}`);
  },
  title: (name = '') => `readConfigurationFile() says that ${name}`,
});

test('there is no file', unreadable, async () => {}, 'there is no such file');
test('a folder is no file', unreadable, path => mkdir(path), 'it is a folder; name the file in it');
test(
  'other encodings are not read',
  unreadable,
  path => writeFile(path, Buffer.from('repos: é', 'latin1')),
  'it is not UTF-8 text; save it as UTF-8',
);
test(
  'a huge file is not read',
  unreadable,
  path => writeFile(path, '#'.repeat(2 ** 20 + 1)),
  'it is larger than 1 MiB',
);
(process.getuid?.() === 0 ? test.skip : test)(
  'a file of others is not read',
  unreadable,
  path => writeFile(path, '').then(() => chmod(path, 0)),
  'this user may not read it; change its owner or its permissions',
);

test('readConfigurationFile() gives the text beside what it says, without a byte order mark', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'headway-configuration-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'headway.yaml');
  await writeFile(path, '\ufeffkeep: {deliveries: 7d}\r\n');
  const reading = await readConfigurationFile(path);
  t.is(reading.text, 'keep: {deliveries: 7d}\r\n');
  t.is('configuration' in reading && reading.configuration.keep.deliveries, '7d');
});
