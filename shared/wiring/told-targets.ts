import { join } from 'node:path';
import { createHttp } from '../adapters/http/http.ts';
import { createCommandTarget } from '../adapters/targets/command/command-target.ts';
import { createWebhookTarget } from '../adapters/targets/webhook/webhook-target.ts';
import { isSecretReference } from '../domain/configuration/secret-reference.ts';
import type { Target } from '../ports/target.ts';
import { redactorOf } from '../runtime/secrets/redactor.ts';
import { revealed } from './revealed.ts';
import type { TargetOptions, TargetSettings } from './target-options.ts';

/** A program that deploys. Nothing that it prints shows its secrets; what it was told is kept in a folder of its own. */
export function commandTargetOf(
  name: string,
  settings: TargetSettings<'command'>,
  { secret, environment: outside, manifests }: TargetOptions,
): Target {
  const { values, secrets } = revealed(settings.environment, secret);
  return createCommandTarget({
    ...settings,
    environment: values,
    redact: redactorOf(secrets),
    root: join(manifests, 'told', name),
    outside,
  });
}

/** A server that is told to deploy. No message of it shows its secrets; what it was told is kept as a program's is. */
export function webhookTargetOf(
  name: string,
  settings: TargetSettings<'webhook'>,
  { secret: reveal, manifests }: TargetOptions,
): Target {
  const secret = reveal(settings.secret);
  const url = isSecretReference(settings.url) ? reveal(settings.url) : settings.url;
  return createWebhookTarget({
    url,
    secret,
    observe: settings.observe,
    redact: redactorOf(url === settings.url ? [secret] : [secret, url]),
    root: join(manifests, 'told', name),
    http: createHttp({ userAgent: 'headway' }),
  });
}
