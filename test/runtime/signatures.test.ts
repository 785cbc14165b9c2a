import test from 'ava';
import fc from 'fast-check';
import { signatures } from '../../shared/runtime/signatures.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
// The example that GitHub gives to test against: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
const SIGNED = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';

test("isSigned() agrees with GitHub's own example", t => {
  t.true(signatures.isSigned(bytes('Hello, World!'), "It's a Secret to Everybody", SIGNED));
  t.true(signatures.isSigned(bytes('Hello, World!'), "It's a Secret to Everybody", SIGNED.toUpperCase()));
});

test('isSigned() takes the hash that the sender is known to use, and no other', t => {
  // "what do ya want for nothing?": https://www.rfc-editor.org/rfc/rfc2202#section-3
  const [body, key] = [bytes('what do ya want for nothing?'), 'Jefe'];
  const sha1 = 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79';
  t.true(signatures.isSigned(body, key, sha1, 'sha1'));
  t.false(signatures.isSigned(body, key, sha1));
  t.false(signatures.isSigned(body, key, sha1, 'sha512'));
  t.false(signatures.isSigned(body, key, `${sha1}0`, 'sha1'));
});

const refuses = test.macro({
  exec(t, body: string, secret: string, signature: string) {
    t.false(signatures.isSigned(bytes(body), secret, signature));
  },
  title: (name = '') => `isSigned() refuses ${name}`,
});
test('another body', refuses, 'Hello, World', "It's a Secret to Everybody", SIGNED);
test('another secret', refuses, 'Hello, World!', "It's a secret to Everybody", SIGNED);
test('a part of the signature', refuses, 'Hello, World!', "It's a Secret to Everybody", SIGNED.slice(0, -2));
test('a longer signature', refuses, 'Hello, World!', "It's a Secret to Everybody", `${SIGNED}00`);
test('no signature', refuses, 'Hello, World!', "It's a Secret to Everybody", '');
test('what is no hex', refuses, 'Hello, World!', "It's a Secret to Everybody", 'x'.repeat(64));
// HMAC-SHA256 of nothing with an empty key: anybody can make it.
const EMPTY = 'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad';
test('every signature when the secret is empty', refuses, '', '', EMPTY);

test('isSecret() knows the secret and nothing else', t => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => signatures.isSecret(a, b) === (a === b && b !== '')),
  );
  fc.assert(fc.property(fc.string({ minLength: 1 }), a => signatures.isSecret(a, a)));
  t.pass();
});

test('sha256() is that of the bytes, in hex', t => {
  t.is(signatures.sha256(bytes('abc')), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
