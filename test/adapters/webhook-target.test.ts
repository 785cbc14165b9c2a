import { createHmac, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { createHttp } from '../../shared/adapters/http/http.ts';
import { createWebhookTarget } from '../../shared/adapters/targets/webhook/webhook-target.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { targetContract } from '../contracts/target.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { digest, imageOf, orderOf, service } from '../helpers/git-repository-orders.ts';
import { serveHttp } from '../helpers/serve-http.ts';

const SECRET = 'a shared secret';
const BAD = digest(13);
const http = createHttp({ userAgent: 'headway' });

type Asked = { readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string };
type Answered = { readonly status: number; readonly body?: string; readonly location?: string };

/** A real receiver that answers as it is told to, and targets that tell it. */
async function place(t: ExecutionContext, answer: (asked: Asked, method: string) => Answered | undefined) {
  const posts: Asked[] = [];
  const host = await serveHttp(t, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { url = '', headers, method = '' } = request;
    const asked = { url, headers, body: Buffer.concat(chunks).toString() };
    if (method === 'POST') posts.push(asked);
    const answered = answer(asked, method);
    if (answered === undefined) return; // never
    const { status, body = '', location } = answered;
    response.writeHead(status, location === undefined ? {} : { Location: location }).end(body);
  });
  const root = await temporaryFolder(t);
  const open = (more: Partial<Parameters<typeof createWebhookTarget>[0]> = {}) =>
    createWebhookTarget({
      url: `http://${host}/hooks/{service}`,
      secret: SECRET,
      redact: text => text.replaceAll(SECRET, '***'),
      root,
      http,
      ...more,
    });
  return { host, posts, open, root, signal: AbortSignal.timeout(30_000) };
}

/** A receiver that really keeps to what it is told, as long as it is signed. */
targetContract(test, 'createWebhookTarget()', async t => {
  let running: string | undefined;
  let isHeld = false;
  const { host, posts, open } = await place(t, ({ body, headers }, method) => {
    if (isHeld) return { status: 423, body: 'frozen by hand' };
    if (method === 'GET')
      return running === undefined ? { status: 404 } : { status: 200, body: `${running}\n` };
    if (headers['x-headway-signature-256'] !== signatureOf(body)) return { status: 401 };
    const told = JSON.parse(body);
    if (told.digest === BAD) return { status: 422, body: 'manifest unknown' };
    running = told.digest;
    return { status: 202 };
  });
  return {
    target: open({ observe: `http://${host}/running/{service}` }),
    name: 'web',
    service: service('web'),
    image: imageOf('web'),
    before: 'absent',
    digests: { v1: digest(1), v2: digest(2), bad: BAD },
    there: async () => running,
    trace: async () => posts.length,
    takeOver: async () => {
      isHeld = true;
    },
    listed: false,
    unreachable: open({ url: 'http://127.0.0.1:1/', observe: 'http://127.0.0.1:1/' }),
    close: async () => {},
  };
});

test('createWebhookTarget() signs what it tells, and says all that it knows', async t => {
  const { posts, open, signal } = await place(t, () => ({ status: 200 }));
  const order = orderOf('web', digest(1));
  const named = { ...order, service: { ...order.service, workload: 'shop/web 1' } };
  const told = await open().deploy(named, signal);
  t.deepEqual(told, { kind: 'accepted', note: 'the receiver answered 200' });
  const { commit: _, ...next } = { ...named, image: { ...named.image, digest: digest(2) } };
  await open().deploy(next, signal);
  const deliveries = posts.map(({ headers }) => headers['x-headway-delivery']);
  const same = { service: 'shop/web 1' };
  t.deepEqual(
    posts.map(({ body }) => JSON.parse(body)),
    [
      {
        ...same,
        image: `ghcr.io/acme/web@${digest(1)}`,
        digest: digest(1),
        commit: order.commit,
        delivery: deliveries[0],
      },
      {
        ...same,
        image: `ghcr.io/acme/web@${digest(2)}`,
        digest: digest(2),
        previous: digest(1),
        delivery: deliveries[1],
      },
    ],
  );
  t.is(new Set(deliveries).size, 2);
  for (const { url, headers, body } of posts) {
    t.is(url, '/hooks/shop%2Fweb%201');
    t.is(headers['x-headway-signature-256'], signatureOf(body));
    t.is(headers['content-type'], 'application/json');
  }
});

test('createWebhookTarget() repeats under one name, also after a restart, and a change has another', async t => {
  const statuses = [500, 200, 400, 200];
  const { posts, open, signal } = await place(t, () => ({ status: statuses.shift() ?? 200 }));
  await t.throwsAsync(open().deploy(orderOf('web', digest(1)), signal));
  await open().deploy(orderOf('web', digest(1)), signal);
  await open().deploy(orderOf('web', digest(1)), signal);
  t.is((await open().deploy(orderOf('web', digest(2)), signal)).kind, 'failed');
  const observed = await open().observe('web', service('web'), imageOf('web'));
  t.deepEqual(observed, { state: 'running', digest: digest(1) });
  t.is((await open().deploy(orderOf('web', digest(1)), signal)).kind, 'accepted', 'the way back is told too');
  const [first, repeat, change, back, ...more] = posts.map(({ body }) => JSON.parse(body).delivery);
  t.is(first, repeat);
  t.is(new Set([first, change, back]).size, 3);
  t.deepEqual(more, []);
});

const refuses = test.macro({
  async exec(t, answer: Answered, reason: RegExp) {
    const { open, posts, signal } = await place(t, () => answer);
    const told = await open().deploy(orderOf('web', digest(1)), signal);
    t.true(told.kind === 'failed' && reason.test(told.reason), JSON.stringify(told));
    t.is(posts.length, 1);
    t.deepEqual(await open().observe('web', service('web'), imageOf('web')), { state: 'absent' });
  },
  title: (_, { status }: Answered) => `createWebhookTarget() takes ${status} for a failure`,
});

test(
  refuses,
  { status: 400, body: `no\n${SECRET}` },
  /^Cannot deploy "web": http:\S+ answered 400 \(no \*\*\*\); correct/,
);
test(refuses, { status: 404 }, /answered 404; correct the address/);
test(
  refuses,
  { status: 307, location: 'http://127.0.0.1:1/other?token=1' },
  /answered 307, which leads elsewhere; give the address that it leads to$/,
);

for (const status of [408, 429, 500, 503]) {
  test(`createWebhookTarget() throws for ${status}, which may pass`, async t => {
    const { open, signal } = await place(t, () => ({ status, body: 'busy' }));
    const told = open().deploy(orderOf('web', digest(1)), signal);
    const error = await t.throwsAsync(told, {
      message: new RegExp(`answered ${status} \\(busy\\); it may work later$`),
    });
    t.false(error instanceof PermanentError);
  });
}

test('createWebhookTarget() gives up a receiver that says nothing, and when it is told to', async t => {
  const { open, signal } = await place(t, () => undefined);
  const late = open({ deadline: 100 }).deploy(orderOf('web', digest(1)), signal);
  await t.throwsAsync(late, {
    message: /^Cannot deploy "web": http:\S+ did not answer in time; see whether it is up$/,
  });
  const lost = open().deploy(orderOf('web', digest(1)), AbortSignal.timeout(100));
  await t.throwsAsync(lost, { name: 'TimeoutError' });
});

test('createWebhookTarget() shows of an address that is a secret nothing but where it is', async t => {
  const { open, host, signal } = await place(t, () => ({ status: 403 }));
  const key = randomUUID();
  const told = await open({ url: `http://${host}/api/webhooks/${key}?token=${key}` }).deploy(
    orderOf('web', digest(1)),
    signal,
  );
  t.true(
    told.kind === 'failed' && told.reason.includes(host) && !told.reason.includes(key),
    JSON.stringify(told),
  );
  const gone = open({ url: `http://127.0.0.1:1/${key}` }).deploy(orderOf('web', digest(1)), signal);
  const error = await t.throwsAsync(gone, { message: /ECONNREFUSED/ });
  t.false(JSON.stringify([error?.message, String(error?.cause)]).includes(key));
  const wrong = t.throws(() => open({ url: key }), { instanceOf: PermanentError });
  t.false(wrong?.message.includes(key));
});

const observes = test.macro({
  async exec(t, answer: Answered, expected: object) {
    const { open, host } = await place(t, () => answer);
    const target = open({ observe: `http://${host}/` });
    t.like(await target.observe('web', service('web'), imageOf('web')), expected);
  },
  title: (_, answer) => `createWebhookTarget() understands ${JSON.stringify(answer)}`,
});

test(observes, { status: 200, body: digest(1) }, { state: 'running', digest: digest(1) });
test(observes, { status: 200, body: JSON.stringify({ digest: digest(1), more: 1 }) }, { state: 'running' });
test(observes, { status: 200, body: '{"digest": null}' }, { state: 'absent' });
test(observes, { status: 204 }, { state: 'absent' });
test(observes, { status: 423 }, { state: 'held', reason: 'the receiver keeps it as it is (423)' });
test(observes, { status: 200, body: '<html>Welcome' }, { state: 'unknown' });
test(observes, { status: 500 }, { state: 'unknown' });

function signatureOf(body: string): string {
  return `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
}
