import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { Credentials } from '../../shared/adapters/registry/credentials.ts';

/** What the registry at that host and port has, for whoever shows this login. Resolves with its own host and port. */
export async function guardRegistry(t: ExecutionContext, registry: string, login: Credentials) {
  const wanted = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const server = createServer((asked, answer) => {
    const { authorization, ...headers } = asked.headers;
    if (authorization !== wanted) {
      asked.resume();
      answer.writeHead(401, { 'www-authenticate': 'Basic realm="guarded"' }).end();
      return;
    }
    const { method, url: path } = asked;
    const passed = request(`http://${registry}`, { method, path, headers }, from => {
      answer.writeHead(from.statusCode ?? 500, from.headers);
      from.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
