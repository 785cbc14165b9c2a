import { join } from 'node:path';
import type { TargetConfiguration } from '../domain/configuration/schema.ts';
import { isSecretReference } from '../domain/configuration/secret-reference.ts';
import type { Target } from '../ports/target.ts';
import { createRedactor } from '../runtime/secrets/redactor.ts';
import type { TargetOptions } from './targets.ts';

/** The targets that tell somebody else to deploy; what they told is kept in a folder of each. */
export async function createCommand(
  name: string,
  settings: Extract<TargetConfiguration, { kind: 'command' }>,
  { secret, environment: outside, manifests }: TargetOptions,
): Promise<Target> {
  const { createCommandTarget } = await import('../adapters/targets/command/command-target.ts');
  const redactor = createRedactor();
  const resolved = Object.entries(settings.environment).map(([variable, text]) => {
    if (!isSecretReference(text)) return [variable, text] as const;
    const value = secret(text);
    redactor.add(value);
    return [variable, value] as const;
  });
  return createCommandTarget({
    ...settings,
    environment: Object.fromEntries(resolved),
    redact: redactor.redact,
    root: join(manifests, 'told', name),
    outside,
  });
}

export async function createWebhook(
  name: string,
  settings: Extract<TargetConfiguration, { kind: 'webhook' }>,
  { secret, manifests }: TargetOptions,
): Promise<Target> {
  const [{ createHttp }, { createWebhookTarget }] = await Promise.all([
    import('../adapters/http/http.ts'),
    import('../adapters/targets/webhook/webhook-target.ts'),
  ]);
  const redactor = createRedactor();
  const resolve = (reference: string) => {
    const value = secret(reference);
    redactor.add(value);
    return value;
  };
  return createWebhookTarget({
    url: isSecretReference(settings.url) ? resolve(settings.url) : settings.url,
    secret: resolve(settings.secret),
    observe: settings.observe,
    redact: redactor.redact,
    root: join(manifests, 'told', name),
    http: createHttp({ userAgent: 'headway' }),
  });
}
