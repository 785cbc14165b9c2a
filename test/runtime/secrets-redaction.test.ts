import test from 'ava';
import fc from 'fast-check';
import { createSecrets } from '../../shared/runtime/secrets/create-secrets.ts';
import { readSecretFile } from '../../shared/runtime/secrets/read-secret-file.ts';
import { createRedactor } from '../../shared/runtime/secrets/redactor.ts';

const SECRET = 'p@ss "wörd"/+&=';

/** A text made of the secret, and what is left of it. */
const redacts = test.macro({
  exec(t, text: string, expected: string) {
    const redactor = createRedactor();
    redactor.add(SECRET);
    t.is(redactor.redact(text), expected);
  },
  title: (name = '') => `redact() replaces a secret ${name}`,
});

test('as it is', redacts, `token ${SECRET}, again ${SECRET}`, 'token ***, again ***');
test('in JSON', redacts, JSON.stringify({ token: SECRET }), '{"token":"***"}');
test(
  'in a URL',
  redacts,
  new URL(`https://bot:${encodeURIComponent(SECRET)}@host/`).href,
  'https://bot:***@host/',
);
test('in a URL that a library wrote', redacts, withPassword(SECRET), 'https://bot:***@host/');
test('in a query', redacts, `?${new URLSearchParams({ token: SECRET })}`, '?token=***');
test('in a header', redacts, `Basic ${Buffer.from(`bot:${SECRET}`).toString('base64')}`, 'Basic Ym90On***0=');
test('nowhere when it is not there', redacts, 'nothing to see', 'nothing to see');

test('redact() leaves a text alone before anything was resolved', t => {
  t.is(createRedactor().redact('text'), 'text');
});

test('redact() replaces each longer line of a key', t => {
  const redactor = createRedactor();
  redactor.add('-----BEGIN KEY-----\nMIIEvQIBADANBg\n}\n');
  t.is(redactor.redact('line: MIIEvQIBADANBg }'), 'line: *** }');
});

test('redact() knows what was resolved', async t => {
  const environment = { TOKEN: 'correct horse' };
  const secrets = createSecrets({ environment, baseDirectory: '/', readFile: readSecretFile });
  t.is(secrets.redact('correct horse'), 'correct horse');
  await secrets.resolve('env://TOKEN');
  t.is(secrets.redact('correct horse'), '***');
});

test('redact() leaves nothing of a secret, wherever it stands in what was encoded', t => {
  const secret = fc
    .string({ unit: 'grapheme', minLength: 8, maxLength: 40 })
    .filter(text => text.trim() === text);
  fc.assert(
    fc.property(secret, fc.string({ maxLength: 7 }), fc.string({ maxLength: 7 }), (value, before, after) => {
      const redactor = createRedactor();
      redactor.add(value);
      const text = `${before}${value}${after}`;
      const spellings = [text, encodeURIComponent(text), JSON.stringify(text), withPassword(value)];
      for (const spelling of spellings) {
        const clean = redactor.redact(spelling);
        if (!clean.includes('***')) throw new Error(spelling);
      }
      for (const alphabet of ['base64', 'base64url'] as const) {
        const clean = redactor.redact(Buffer.from(text).toString(alphabet));
        const left = clean.split('***').map(part => Buffer.from(part, alphabet).toString());
        if (left.length < 2 || left.some(part => part.includes(value))) throw new Error(clean);
      }
    }),
    { numRuns: 500 },
  );
  t.pass();
});

function withPassword(password: string): string {
  const url = new URL('https://bot@host/');
  url.password = password;
  return url.href;
}
