import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type WebhookKind = 'github' | 'gitea' | 'dockerhub' | 'distribution' | 'notices';
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
  const hmac = createHmac('sha256', secret).update(body).digest('hex');
  const to = { method: 'POST', path: `/hooks/${source}`, body };
  const github = {
    'x-github-event': event,
    'x-github-delivery': delivery,
    'x-hub-signature-256': `sha256=${hmac}`,
  };
  switch (kind) {
    case 'github':
      return { ...to, headers: { 'content-type': type, 'user-agent': 'GitHub-Hookshot/044aadd', ...github } };
    case 'gitea': {
      const own = { 'x-gitea-event': event, 'x-gitea-delivery': delivery, 'x-gitea-signature': hmac };
      return { ...to, headers: { 'content-type': type, ...github, ...own } };
    }
    case 'dockerhub':
      return {
        ...to,
        path: `${to.path}/${encodeURIComponent(secret)}`,
        headers: { 'content-type': 'application/json' },
      };
    case 'distribution': {
      const envelope = 'application/vnd.docker.distribution.events.v1+json';
      return { ...to, headers: { 'content-type': envelope, authorization: `Bearer ${secret}` } };
    }
    case 'notices':
      return { ...to, headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` } };
  }
}

/** A payload as text, by its file's name below test/fixtures/webhooks. */
export function webhookFixture(name: string): string {
  return readFileSync(new URL(`../fixtures/webhooks/${name}.json`, import.meta.url), 'utf8');
}
