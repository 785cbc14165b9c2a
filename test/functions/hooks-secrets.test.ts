import test from 'ava';
import fc from 'fast-check';
import { hooksBench, SECRETS } from '../helpers/hooks-bench.ts';
import {
  FIXTURES,
  KINDS,
  signedWebhook,
  type Webhook,
  type WebhookKind,
  webhookFixture,
} from '../helpers/signed-webhook.ts';

const PAYLOADS = [...Object.values(FIXTURES), 'github-package', 'notice-whole'];

/** Secrets as people make them: at least 16 characters, now and then with some that JSON and URLs escape. */
const secret = fc.string({
  unit: fc.constantFrom(...'abcXYZ0189-_"\\/% é\n{}'),
  minLength: 16,
  maxLength: 40,
});
const secrets = fc
  .uniqueArray(secret, { minLength: KINDS.length, maxLength: KINDS.length })
  .map(all => ({ ...SECRETS, ...Object.fromEntries(KINDS.map((kind, i) => [kind, all[i] ?? ''])) }));
const leak = fc.constantFrom('nowhere', 'value', 'key', 'escaped', 'event', 'delivery', 'path', 'no json');

test('no secret that a webhook carries is in a log, a document, a hint, an answer or an error', async t => {
  await fc.assert(
    fc.asyncProperty(
      secrets,
      fc.constantFrom(...KINDS),
      leak,
      fc.constantFrom(...PAYLOADS),
      fc.constantFrom('stored', 'not stored'),
      async (all, kind, where, payload, store) => {
        const bench = hooksBench({
          secrets: all,
          ...(store === 'not stored' && {
            documents: memory => ({
              ...memory,
              transact: () => Promise.reject(new Error(`Cannot write ${all[kind]}`, { cause: all[kind] })),
            }),
          }),
        });
        const answer = await bench.send(leaking(all, { kind, where, payload }));
        const seen = [
          answer,
          bench.memory.snapshot(),
          bench.hints,
          bench.lines.map(line => JSON.parse(line)),
        ];
        for (const stored of bench.stored()) seen.push(JSON.parse(String(stored['body'])));
        const texts = [...textsOf(seen)];
        return Object.values(all).every(secret => texts.every(text => !text.includes(secret)));
      },
    ),
    { numRuns: 1_000 },
  );
  t.pass();
});

test("what only lets its reader act is removed: Docker Hub's callback, and the secret of old Giteas", async t => {
  const bench = hooksBench();
  await bench.deliver({ kind: 'dockerhub', body: webhookFixture('dockerhub-push') });
  const gitea = { ...JSON.parse(webhookFixture('gitea-push')), secret: 'of-another-hook' };
  await bench.deliver({ kind: 'gitea', body: JSON.stringify(gitea) });
  const [hub, old] = bench.stored().map(({ body }) => JSON.parse(String(body)));
  t.like(hub, { callback_url: '[removed]', push_data: { tag: 'INT' } });
  t.like(old, { secret: '[removed]', ref: 'refs/heads/main' });
});

type Leak = { readonly kind: WebhookKind; readonly where: string; readonly payload: string };

function leaking(all: Readonly<Record<WebhookKind, string>>, { kind, where, payload }: Leak): Webhook {
  const secret = all[kind];
  const fields: object = JSON.parse(webhookFixture(payload));
  const escaped = [...secret].map(c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  const bodies = new Map([
    ['value', JSON.stringify({ ...fields, note: `it is ${secret}!`, image_name: secret, ref: secret })],
    ['key', JSON.stringify({ ...fields, [secret]: { deep: [secret] } })],
    ['escaped', JSON.stringify({ ...fields, note: 'HERE' }).replace('HERE', escaped)],
    ['no json', `{"${secret}`],
  ]);
  const body = bodies.get(where) ?? JSON.stringify(fields);
  const header = /^[\w.-]+$/.test(secret) ? secret : 'push';
  const event = where === 'event' ? header : 'push';
  const webhook = signedWebhook({
    kind,
    secret,
    body,
    event,
    delivery: where === 'delivery' ? header : 'd1',
  });
  return where === 'path' ? { ...webhook, path: `/hooks/${kind}/${encodeURIComponent(secret)}` } : webhook;
}

function* textsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, field] of Object.entries(value)) {
    yield name;
    yield* textsOf(field);
  }
}
