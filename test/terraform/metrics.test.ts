import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { createLog } from '../../shared/runtime/log.ts';
import { insideOf, terraformText } from '../helpers/terraform-text.ts';

const metrics = insideOf(terraformText('metrics.tf'), 'metrics = {');

test('metrics count lines that the code writes', t => {
  const written = new Set(['functions', 'shared'].flatMap(messagesIn));
  const counted = [...metrics.matchAll(/\bmessage += "([^"]+)"$/gm)].map(([, message = '']) => message);
  t.true(counted.length > 0);
  t.deepEqual(
    counted.filter(message => !written.has(message)),
    [],
  );
});

test('metrics find message, level and fields where the log writes them', t => {
  const lines: string[] = [];
  const clock = { now: () => 0 };
  const log = createLog({ write: line => lines.push(line), level: 'info', redact: text => text, clock });
  log.error('Webhook not stored', { source: 'github' });
  const { message, level, source } = JSON.parse(lines[0] ?? '');
  t.deepEqual(
    { message, level, source },
    { message: 'Webhook not stored', level: 'error', source: 'github' },
  );
  t.regex(metrics, /jsonPayload\.level=\\"error\\"/);
  t.regex(metrics, /"jsonPayload\.source"/);
});

/** `log.info('...'` and `log[level]('...'`. */
function messagesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .flatMap(path => [
      ...readFileSync(join(folder, path), 'utf8').matchAll(/\blog(?:\.\w+|\[[^\]]+\])\(\s*'([^']+)'/g),
    ])
    .map(([, message = '']) => message);
}
