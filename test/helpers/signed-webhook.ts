import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hook, type HookKind } from '../../shared/domain/configuration/hooks.ts';

export type WebhookKind = HookKind;
export type Webhook = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
export type WebhookOptions = {
  readonly kind: WebhookKind;
  readonly secret: string;
  readonly body: string;
  /** The hook's name; the kind's own when absent. */
  readonly source?: string;
  readonly event?: string;
  readonly delivery?: string;
  readonly form?: boolean;
};

/** A webhook just as its sender would send it. */
export function signedWebhook(options: WebhookOptions): Webhook {
  const {
    kind,
    secret,
    source = kind,
    event = 'push',
    delivery = '6f1c0f0a-0b7e-11f1-8c3e-2f6d1a9b7c55',
  } = options;
  const body = options.form ? new URLSearchParams({ payload: options.body }).toString() : options.body;
  const type = options.form ? 'application/x-www-form-urlencoded' : 'application/json';
  const hmac = (algorithm: string) => createHmac(algorithm, secret).update(body).digest('hex');
  const inPath = kind === 'dockerhub' || kind === 'quay' ? `/${encodeURIComponent(secret)}` : '';
  const headers = {
    'content-type': TYPES[kind] ?? type,
    ...headersOf({ kind, event, delivery, secret, hmac }),
  };
  return { method: 'POST', path: `/hooks/${source}${inPath}`, headers, body };
}

const TYPES: Partial<Record<WebhookKind, string>> = {
  distribution: 'application/vnd.docker.distribution.events.v1+json',
};

type Said = {
  readonly kind: WebhookKind;
  readonly event: string;
  readonly delivery: string;
  readonly secret: string;
  readonly hmac: (algorithm: string) => string;
};

function headersOf({ kind, event, delivery, secret, hmac }: Said): Readonly<Record<string, string>> {
  const github = {
    'x-github-event': event,
    'x-github-delivery': delivery,
    'x-hub-signature-256': `sha256=${hmac('sha256')}`,
  };
  switch (kind) {
    case 'github':
      return { 'user-agent': 'GitHub-Hookshot/044aadd', ...github };
    case 'gitea':
      return {
        ...github,
        'x-gitea-event': event,
        'x-gitea-delivery': delivery,
        'x-gitea-signature': hmac('sha256'),
      };
    case 'gitlab':
      return { 'x-gitlab-event': hookName(event), 'x-gitlab-token': secret, 'idempotency-key': delivery };
    case 'dockerhub':
    case 'quay':
      return {};
    case 'harbor':
      return { authorization: secret };
    case 'ecr':
      return { 'x-api-key': secret };
    case 'nexus':
      return { 'x-nexus-webhook-signature': hmac('sha1'), 'x-nexus-webhook-delivery': delivery };
    case 'jfrog':
      return { 'x-jfrog-event-auth': hmac('sha256') };
    case 'generic':
      return { 'x-acme-signature': `v1=${hmac('sha512')}` };
    case 'acr':
    case 'distribution':
    case 'notices':
      return { authorization: `Bearer ${secret}` };
  }
}

/** `tag_push` is "Tag Push Hook". */
function hookName(event: string): string {
  const words = event.split('_').map(word => word.slice(0, 1).toUpperCase() + word.slice(1));
  return `${words.join(' ')} Hook`;
}

/** A payload that each kind takes, by its file's name below test/fixtures/webhooks. */
export const FIXTURES: Readonly<Record<WebhookKind, string>> = {
  github: 'github-push',
  gitea: 'gitea-push',
  gitlab: 'gitlab-push',
  dockerhub: 'dockerhub-push',
  distribution: 'distribution-push',
  harbor: 'harbor-push',
  quay: 'quay-push',
  acr: 'acr-push',
  ecr: 'ecr-push',
  nexus: 'nexus-component',
  jfrog: 'jfrog-push',
  generic: 'generic-push',
  notices: 'notice',
};
export const KINDS = Hook.options.map(({ shape }) => shape.kind.value);

/** A payload as text, by its file's name below test/fixtures/webhooks. */
export function webhookFixture(name: string): string {
  return readFileSync(new URL(`../fixtures/webhooks/${name}.json`, import.meta.url), 'utf8');
}
