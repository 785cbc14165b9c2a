import { createHooks } from '../../functions/hooks/handler.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import type { Documents } from '../../shared/ports/documents.ts';
import type { Hint, Hints } from '../../shared/ports/hints.ts';
import type { HttpAnswer, HttpHandler } from '../../shared/ports/http.ts';
import { createRecords } from '../../shared/records/records.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { signatures } from '../../shared/runtime/signatures.ts';
import { createMemoryDocuments } from './memory-documents.ts';
import { signedWebhook, type Webhook, type WebhookKind, type WebhookOptions } from './signed-webhook.ts';

export const SECRETS = {
  github: 'github-secret-9f2b71c4',
  gitea: 'gitea-secret-51d0e8a7',
  dockerhub: 'dockerhub-secret-77aa02be',
  distribution: 'distribution-secret-c3d94e10',
  notices: 'notices-secret-0e6fb2d5',
  gitlab: 'gitlab-secret-4b8e92d1',
  harbor: 'harbor-secret-a70cf316',
  quay: 'quay-secret-5d1e8b94',
  acr: 'acr-secret-e29a4c07',
  ecr: 'ecr-secret-18f7d3b6',
  nexus: 'nexus-secret-b36c0e5f',
  jfrog: 'jfrog-secret-92d4a1e8',
  generic: 'generic-secret-6f0b7c2a',
} as const satisfies Record<WebhookKind, string>;
/** A hook of each kind, under its name; `open` is one by template whose sender does not sign. */
const secret = 'env://SECRET';
const HOOKS = ConfigurationShape.parse({
  hooks: {
    ...Object.fromEntries(Object.keys(SECRETS).map(kind => [kind, { kind, secret }])),
    nexus: { kind: 'nexus', secret, registry: 'nexus.acme.example:8082' },
    generic: {
      kind: 'generic',
      secret,
      signature: { header: 'X-Acme-Signature', prefix: 'v1=', algorithm: 'sha512' },
      repository: '/image/name',
      tag: '/image/tags',
    },
    open: { kind: 'generic', secret, repository: '/image/name', tag: '/image/tags' },
  },
}).hooks;
export const NOW = Date.parse('2026-02-11T09:15:00.000Z');
export const KEEP_MS = 30 * 86_400_000;

export type BenchOptions = {
  readonly secrets?: Readonly<Record<WebhookKind, string>>;
  readonly documents?: (memory: Documents) => Documents;
  readonly publish?: Hints['publish'];
};

/** The hooks function with one hook of each kind, its documents, its hints and its log in plain sight. */
export function hooksBench({ secrets = SECRETS, documents = memory => memory, publish }: BenchOptions = {}) {
  const memory = createMemoryDocuments();
  const records = createRecords(documents(memory));
  const hints: Hint[] = [];
  const lines: string[] = [];
  const clock = { at: NOW, now: () => clock.at };
  const redact = (text: string) =>
    Object.values(secrets).reduce((left, secret) => left.replaceAll(secret, '[secret]'), text);
  const hooks = createHooks({
    records,
    hints: {
      publish: publish ?? (async list => void hints.push(...list)),
      listen: () => async () => {},
    },
    hooks: HOOKS,
    secret: name => new Map(Object.entries(secrets)).get(name === 'open' ? 'generic' : name) ?? '',
    keepFor: KEEP_MS,
    clock,
    log: createLog({ write: line => lines.push(line), level: 'debug', redact, clock }),
    redact,
    signatures,
  });
  return {
    hooks,
    records,
    memory,
    hints,
    lines,
    clock,
    stored: () => Object.values(memory.snapshot()),
    send: (webhook: Webhook) => sendTo(hooks, webhook),
    /** Sends a well signed webhook. */
    deliver: (options: Omit<WebhookOptions, 'secret'>) =>
      sendTo(hooks, signedWebhook({ ...options, secret: secrets[options.kind] })),
  };
}

export type PlainAnswer = { readonly status: number; readonly headers: object; readonly body: string };

async function sendTo(handler: HttpHandler, { method, path, headers, body }: Webhook): Promise<PlainAnswer> {
  const answer: HttpAnswer = await handler({
    method,
    path,
    headers,
    query: new URLSearchParams(),
    body: Buffer.from(body),
    signal: new AbortController().signal,
  });
  return { status: answer.status, headers: answer.headers ?? {}, body: String(answer.body ?? '') };
}
