import test from 'ava';
import { Response } from 'node-fetch';
import { isLoopback, originOf } from '../../shared/adapters/registry/endpoints.ts';
import { redactUrl } from '../../shared/adapters/registry/redaction.ts';
import { createTokens } from '../../shared/adapters/registry/tokens.ts';
import { targetOf } from '../../shared/adapters/registry/transport.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';

const speaks = test.macro({
  exec: (t, host: string, origin: string) =>
    t.is(originOf(host, host => host === 'told.example').origin, origin),
  title: (_, host, origin) => `originOf() finds ${host} at ${origin}`,
});
test(speaks, 'docker.io', 'https://registry-1.docker.io');
test(speaks, 'ghcr.io', 'https://ghcr.io');
test(speaks, 'told.example', 'http://told.example');
test(speaks, 'localhost', 'http://localhost');
test(speaks, 'localhost:5000', 'http://localhost:5000');
test(speaks, '127.0.0.1:5000', 'http://127.0.0.1:5000');
test(speaks, '127.255.1.2', 'http://127.255.1.2');
test(speaks, '[::1]:5000', 'http://[::1]:5000');
test(speaks, '127.evil.example', 'https://127.evil.example');
test(speaks, '127.0.0.1.evil.example:5000', 'https://127.0.0.1.evil.example:5000');
test(speaks, 'localhost.evil.example', 'https://localhost.evil.example');
test(speaks, '10.0.0.1:5000', 'https://10.0.0.1:5000');

test('isLoopback() takes no other host for this machine', t => {
  for (const host of ['', 'localhost2', 'xlocalhost', '1270.0.0.1', '[::2]', '::1', '0.0.0.0', '127.0.0']) {
    t.false(isLoopback(host), host);
  }
});

test('redactUrl() hides users, passwords, and values of keys that it does not know', t => {
  t.is(
    redactUrl(new URL('https://ada:word@x.example/v2/a?digest=sha256:1&X-Amz-Signature=secret&token=secret')),
    'https://x.example/v2/a?digest=sha256%3A1&X-Amz-Signature=REDACTED&token=REDACTED',
  );
  t.is(redactUrl(new URL('https://x.example/v2/')), 'https://x.example/v2/');
});

/** An answer as the network gives it, whose address node-fetch takes as an option. */
function answerOf(url: string, location: string): Response {
  const init = { status: 307, headers: { Location: location }, url };
  return new Response(null, init);
}

test('targetOf() never leads from https to plain http', t => {
  const doing = { action: 'read blob', object: 'x' };
  const lead = (from: string, location: string) => targetOf(doing, answerOf(from, location)).href;
  t.is(lead('https://a.example/v2/', '/x'), 'https://a.example/x');
  t.is(lead('https://a.example/v2/', 'https://b.example/x'), 'https://b.example/x');
  t.is(lead('http://a.example/v2/', 'http://b.example/x'), 'http://b.example/x');
  t.is(lead('http://a.example/v2/', 'https://b.example/x'), 'https://b.example/x');
  for (const location of [
    'http://a.example/x?token=secret',
    'ftp://a.example/',
    'javascript:x',
    'file:///etc/passwd',
  ]) {
    const error = t.throws(() => lead('https://a.example/v2/', location), {
      instanceOf: RegistryError,
      message: /which is not encrypted/,
    });
    t.notRegex(error.message, /secret/);
  }
});

test('a token server without https is not asked for an encrypted registry', async t => {
  const tokens = createTokens({
    http: async () => t.fail('the token server was asked') as never,
    credentials: async () => t.fail('the credentials were asked for') as never,
    insecure: () => false,
    deadline: 1_000,
  });
  const challenge = { scheme: 'bearer', parameters: { realm: 'http://auth.example/token' } };
  const scope = { registry: 'ghcr.io', scopes: ['repository:a/b:pull'] };
  await t.throwsAsync(tokens.header(challenge, scope), {
    instanceOf: RegistryError,
    message:
      /its token server "http:\/\/auth.example" is not encrypted; set the registry up with an https realm/,
  });
});
