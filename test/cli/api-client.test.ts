import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { z } from 'zod';
import { createApiClient } from '../../infra/cli/api-client.ts';
import { CommandError, UsageError } from '../../infra/cli/command.ts';
import { serveHttp } from '../helpers/serve-http.ts';

const Anything = z.looseObject({});

/** A folder in which a host says that it serves. */
async function folderOf(t: ExecutionContext, address: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headway-client-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, '.headway'));
  await writeFile(join(folder, '.headway/address.json'), address);
  await writeFile(join(folder, '.headway/token'), 'the-token-of-this-folder\n');
  return folder;
}

async function server(t: ExecutionContext, status: number, body: string) {
  const authorizations: (string | undefined)[] = [];
  const host = await serveHttp(t, (request, response) => {
    authorizations.push(request.headers.authorization);
    response.writeHead(status).end(body);
  });
  return { url: `http://${host}`, authorizations };
}

test('the token of a folder goes to the host of that folder and to no other', async t => {
  const [own, other] = [await server(t, 200, '{}'), await server(t, 200, '{}')];
  const folder = await folderOf(t, JSON.stringify({ url: own.url }));
  await createApiClient({ folder }).get('status', Anything);
  await createApiClient({ folder, url: `${own.url}/` }).get('status', Anything);
  await createApiClient({ folder, url: other.url }).get('status', Anything);
  const bearer = 'Bearer the-token-of-this-folder';
  t.deepEqual(own.authorizations, [bearer, bearer]);
  t.deepEqual(other.authorizations, [undefined]);
});

test('what the API refuses is said in its own words, on one line', async t => {
  const body = JSON.stringify({ title: 'Not Found', detail: 'Cannot find "a\u001b[2J":\nno such document' });
  const { url } = await server(t, 404, body);
  await t.throwsAsync(createApiClient({ folder: '/', url }).get('x', Anything), {
    instanceOf: CommandError,
    message: `${url} answered 404: Cannot find "a [2J": no such document`,
  });
});

const strange = test.macro({
  async exec(t, body: string) {
    const { url } = await server(t, 200, body);
    await t.throwsAsync(createApiClient({ folder: '/', url }).get('x', z.object({ version: z.string() })), {
      instanceOf: CommandError,
      message:
        /^Cannot understand what .+ answered: it is no headway, or one of another version; name another/,
    });
  },
  title: (name = '') => `an answer that is ${name} is no headway's`,
});
test('a page', strange, '<!doctype html>');
test('other JSON', strange, '{"hello":"world"}');
test('nothing', strange, '');

test('a folder whose host was killed while it wrote its address is one without a host', async t => {
  for (const address of ['', '{"url":', '{"pid":1}']) {
    const folder = await folderOf(t, address);
    const error = t.throws(() => createApiClient({ folder }), { instanceOf: CommandError });
    t.like(error, { exitCode: 3 });
  }
});

test('an address that is none is a mistake in the words', t => {
  for (const url of ['nonsense', 'file:///x', '127.0.0.1:8080', '']) {
    t.throws(() => createApiClient({ folder: '/', url }), {
      instanceOf: UsageError,
      message: /is no address/,
    });
  }
});

test('where nobody listens, that is said with what to do', async t => {
  await t.throwsAsync(createApiClient({ folder: '/', url: 'http://127.0.0.1:9' }).get('x', Anything), {
    instanceOf: CommandError,
    message: /^No headway answers at http:\/\/127\.0\.0\.1:9; start one with "headway up"/,
  });
});
