import test, { type ExecutionContext } from 'ava';
import { createHttpGate } from '../../shared/adapters/gates/http/http-gate.ts';
import { createHttp } from '../../shared/adapters/http/http.ts';
import { serveHttp } from '../helpers/serve-http.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';

const digest = digestOf('web');
const reference = { registry: 'r.example', repository: 'web', digest };
const question = { image: 'web', reference, tag: 'stable' };
const http = createHttp({ userAgent: 'headway' });

type Asked = { readonly url: string; readonly method: string; readonly body: string };

/** A server that answers with this, and what it was asked. */
async function serve(
  t: ExecutionContext,
  answer: { readonly status: number; readonly text?: string } | 'nothing',
) {
  const asked: Asked[] = [];
  const host = await serveHttp(t, (request, response) => {
    let body = '';
    request.on('data', chunk => {
      body += String(chunk);
    });
    request.on('end', () => {
      asked.push({ url: request.url ?? '', method: request.method ?? '', body });
      if (answer !== 'nothing')
        response.writeHead(answer.status, { location: '/elsewhere' }).end(answer.text);
    });
  });
  return { url: `http://${host}`, asked };
}

async function ask(settings: Partial<Parameters<typeof createHttpGate>[0]> & { readonly url: string }) {
  const gate = createHttpGate({ name: 'scan', method: 'GET', timeout: '10s', http, ...settings });
  const lines: string[] = [];
  const answer = await gate.ask(question, line => lines.push(line), AbortSignal.timeout(30_000));
  return { said: `${answer.kind}: ${answer.reason}`, lines };
}

test('an http gate asks by GET with the image in the URL, and passes by 2xx', async t => {
  const { url, asked } = await serve(t, { status: 200, text: '{"passed":true,"reason":"clean"}' });
  const { said, lines } = await ask({ url: `${url}/scan?image={image}&tag={tag}` });
  t.is(said, 'passed: it answered 200: clean');
  t.deepEqual(lines, [`GET ${url} answered 200`, '{"passed":true,"reason":"clean"}']);
  t.deepEqual(asked, [
    {
      url: `/scan?image=r.example%2Fweb%40${encodeURIComponent(digest)}&tag=stable`,
      method: 'GET',
      body: '',
    },
  ]);
});

test('an http gate sends what it is about by POST, and fails when the answer says so', async t => {
  const { url, asked } = await serve(t, { status: 200, text: '{"passed":false,"reason":"2 holes"}' });
  t.is((await ask({ url: `${url}/scan`, method: 'POST' })).said, 'failed: it answered 200: 2 holes');
  t.deepEqual(JSON.parse(asked[0]?.body ?? ''), {
    ...{ gate: 'scan', name: 'web', image: `r.example/web@${digest}`, digest, tag: 'stable' },
  });
});

test('an http gate follows no redirect, and has no verdict where nobody answers', async t => {
  const { url, asked } = await serve(t, { status: 302 });
  t.is((await ask({ url })).said, 'blocked: it answered 302');
  t.is(asked.length, 1);
  const gone = 'http://127.0.0.1:9';
  t.regex(
    (await ask({ url: `${gone}/of-a-secret` })).said,
    /^blocked: http:\/\/127.0.0.1:9 could not be asked \(\w+\)$/,
  );
});

test('an http gate whose answer does not come in time has failed', async t => {
  const { url } = await serve(t, 'nothing');
  t.is((await ask({ url, timeout: '200ms' })).said, `failed: ${url} did not answer within 200ms`);
});

test('an http gate tells nothing of an address that is none', async t => {
  await t.throwsAsync(ask({ url: 'ftp://secret' }), {
    message: 'its address is no http or https URL; correct it',
  });
});
