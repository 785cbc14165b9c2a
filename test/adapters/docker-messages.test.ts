import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import test from 'ava';
import { readMessages, StreamedError } from '../../shared/adapters/docker/messages.ts';
import { serveHttp } from '../helpers/serve-http.ts';

test('an engine that hangs up after its last word is no error that nobody catches', async t => {
  let hangUp = () => {};
  const host = await serveHttp(t, (request, response) => {
    hangUp = () => void request.socket.destroy();
    response.write('{"stream":"Step 1/2"}\r\n{"error":"no such file"}\r\n');
  });
  const [response] = (await once(get(`http://${host}`), 'response')) as [IncomingMessage];
  const seen: (string | undefined)[] = [];
  await t.throwsAsync(readTo(seen, response), { instanceOf: StreamedError, message: 'no such file' });
  t.deepEqual(seen, ['Step 1/2']);
  const closed = once(response, 'close').catch((error: unknown) => error);
  hangUp();
  await closed;
  t.true(response.destroyed);
});

test('what an engine still says to a reader who went away is read, and the connection is free again', async t => {
  const host = await serveHttp(t, (_, response) => {
    response.end('{"stream":"line"}\r\n'.repeat(5_000));
  });
  const [response] = (await once(get(`http://${host}`), 'response')) as [IncomingMessage];
  const ended = once(response, 'end');
  for await (const { stream } of readMessages(response)) {
    t.is(stream, 'line');
    break;
  }
  await ended;
  t.true(response.complete);
});

test('an engine that hangs up in the middle is an error', async t => {
  const host = await serveHttp(t, (request, response) => {
    response.write('{"stream":"Step 1/2"}\r\n', () => request.socket.destroy());
  });
  const [response] = (await once(get(`http://${host}`), 'response')) as [IncomingMessage];
  await t.throwsAsync(readTo([], response), { code: 'ECONNRESET' });
});

async function readTo(seen: (string | undefined)[], response: IncomingMessage): Promise<void> {
  for await (const { stream } of readMessages(response)) seen.push(stream);
}
