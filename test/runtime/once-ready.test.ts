import test from 'ava';
import type { HttpHandler } from '../../shared/ports/http.ts';
import { applyConfiguration } from '../../shared/records/configuration-versions.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords } from '../../shared/records/records.ts';
import { createStoredConfiguration } from '../../shared/runtime/configuration/read-stored-configuration.ts';
import { onceReady } from '../../shared/runtime/once-ready.ts';
import { at } from '../helpers/a-document.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { silentLog } from '../helpers/silent-log.ts';

const request = {
  method: 'POST',
  path: '/github',
  query: new URLSearchParams(),
  headers: {},
  body: new Uint8Array(),
  signal: new AbortController().signal,
};

test('without a configuration in force every request is 503 and may come again; the log says what to do', async t => {
  const records = createRecords(createMemoryDocuments({ queries }));
  const stored = createStoredConfiguration({ records, clock: { now: () => 0 } });
  const answering: HttpHandler = async () => ({ status: 202 });
  const told: unknown[] = [];
  const log = { ...silentLog, error: (_: string, fields = {}) => void told.push(fields) };
  const handler = onceReady(async () => {
    await stored();
    return answering;
  }, log);
  const { status, headers = {} } = await handler(request);
  t.is(status, 503);
  t.regex(headers['retry-after'] ?? '', /^\d+$/);
  t.like(told[0], {
    error: { message: 'Cannot find a configuration: none was put in force; do so with "headway apply"' },
  });
  const first = { text: 'images: {}\n', by: 'ada', at: at(), over: 0 };
  await applyConfiguration(records, first);
  t.deepEqual(await handler(request), { status: 202 });
});

test('what a handler itself throws is not taken for a lack of set-up', async t => {
  const handler = onceReady(
    async () => async () => {
      throw new Error('its own');
    },
    silentLog,
  );
  await t.throwsAsync(handler(request), { message: 'its own' });
});
