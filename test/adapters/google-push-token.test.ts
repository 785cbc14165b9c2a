import { createSign, generateKeyPairSync } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { createPushTokenVerifier } from '../../shared/adapters/google/verify-push-token.ts';
import { serveHttp } from '../helpers/serve-http.ts';

const AUDIENCE = 'https://notices-abc-ew.a.run.app';
const ACCOUNT = 'headway-push@acme.iam.gserviceaccount.com';
const google = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = google.publicKey.export({ type: 'spki', format: 'pem' });

/** The claims of Pub/Sub's tokens: https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions#jwt-format */
function claims(change: object = {}) {
  const now = Math.floor(Date.now() / 1000);
  return {
    aud: AUDIENCE,
    azp: '113774264463038321964',
    email: ACCOUNT,
    email_verified: true,
    exp: now + 3600,
    iat: now,
    iss: 'https://accounts.google.com',
    sub: '113774264463038321964',
    ...change,
  };
}

function signed(payload: object, { key = google.privateKey, header = {} } = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', kid: 'k1', typ: 'JWT', ...header })}.${part(payload)}`;
  return `Bearer ${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}

async function openVerifier(t: ExecutionContext) {
  let asked = 0;
  const host = await serveHttp(t, (_, response) => {
    asked += 1;
    response.setHeader('cache-control', 'public, max-age=19845, must-revalidate');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ k1: PEM }));
  });
  const expected = { audience: AUDIENCE, serviceAccount: ACCOUNT, certificates: `http://${host}/certs` };
  return { verify: createPushTokenVerifier(expected), asked: () => asked };
}

test("a token of the subscription's service account is verified, with keys that are fetched once", async t => {
  const { verify, asked } = await openVerifier(t);
  t.deepEqual(await verify(signed(claims())), { kind: 'verified' });
  t.deepEqual(await verify(signed(claims())), { kind: 'verified' });
  t.is(asked(), 1);
});

const refuses = test.macro({
  async exec(t, authorization: string | undefined, reason: RegExp) {
    const { verify } = await openVerifier(t);
    const verdict = await verify(authorization);
    t.is(verdict.kind, 'refused');
    t.regex('reason' in verdict ? verdict.reason : '', reason);
  },
  title: (name = '') => `a push is refused ${name}`,
});
const UNSIGNED = /^its signature is not by a key of Google, or it has expired$/;
const NO_TOKEN = /^there is no bearer token$/;
const now = Math.floor(Date.now() / 1000);
test('without a token', refuses, undefined, NO_TOKEN);
test('with another scheme', refuses, 'Basic dXNlcjpwYXNz', NO_TOKEN);
test('with what is no token', refuses, 'Bearer a.b', NO_TOKEN);
test('with a token that cannot be read', refuses, 'Bearer a.b.c', UNSIGNED);
test("with a stranger's signature", refuses, signed(claims(), { key: stranger.privateKey }), UNSIGNED);
test('with a key that is not known', refuses, signed(claims(), { header: { kid: 'k2' } }), UNSIGNED);
test(
  'without a signature',
  refuses,
  signed(claims(), { header: { alg: 'none' } }).replace(/[^.]+$/, 'AA'),
  UNSIGNED,
);
test('when the token has expired', refuses, signed(claims({ iat: now - 7200, exp: now - 3600 })), UNSIGNED);
test(
  'when the token is of the future',
  refuses,
  signed(claims({ iat: now + 3600, exp: now + 7200 })),
  UNSIGNED,
);
test(
  'for another audience',
  refuses,
  signed(claims({ aud: 'https://other.example' })),
  /^its audience is "https:\/\/other\.example"; set the subscription's audience to "https:\/\/notices-/,
);
test('for several audiences', refuses, signed(claims({ aud: [AUDIENCE, 'x'] })), /^its audience is /);
test('by another issuer', refuses, signed(claims({ iss: 'https://evil.example' })), /^its issuer is /);
test(
  'of another service account',
  refuses,
  signed(claims({ email: 'x@evil.iam.gserviceaccount.com' })),
  /^it is of "x@evil.*"; let the subscription push as "headway-push@/,
);
test('of an address that is not verified', refuses, signed(claims({ email_verified: false })), /^it is of /);
test('of nobody', refuses, signed(claims({ email: undefined })), /^it is of "undefined"/);

test('a push can be tried again when the keys cannot be fetched', async t => {
  const host = await serveHttp(t, (_, response) => response.writeHead(404).end());
  const certificates = `http://${host}/certs`;
  const verify = createPushTokenVerifier({ audience: AUDIENCE, serviceAccount: ACCOUNT, certificates });
  await t.throwsAsync(verify(signed(claims())), { message: /^Failed to retrieve verification certificates/ });
});
