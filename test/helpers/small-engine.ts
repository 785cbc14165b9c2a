import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

/** What the engine answers: a status and lines of JSON; nothing means that it never answers. */
export type EngineAnswer = { readonly status?: number; readonly lines: readonly unknown[] } | undefined;
type Asked = { readonly method: string; readonly path: string; readonly headers: IncomingMessage['headers'] };

/** A server on a socket that speaks the engine's protocol in fixed sentences. Closed with the test. */
export async function startSmallEngine(t: ExecutionContext, answer: (asked: Asked) => EngineAnswer) {
  const folder = await mkdtemp(join(tmpdir(), 'headway-engine-'));
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const question = { method, path: decodeURIComponent(url), headers };
    asked.push(question);
    const given = answer(question);
    request.resume().on('end', () => {
      if (given === undefined) return;
      response.writeHead(given.status ?? 200, { 'content-type': 'application/json' });
      response.end(given.lines.map(line => JSON.stringify(line)).join('\r\n'));
    });
  });
  await new Promise<void>(done => server.listen(join(folder, 'docker.sock'), done));
  t.teardown(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { host: `unix://${folder}/docker.sock`, asked };
}
