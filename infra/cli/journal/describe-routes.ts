import { type HookConfiguration, keepsSecretInPath } from '../../../shared/domain/configuration/hooks.ts';
import type { Configuration } from '../../../shared/domain/configuration/schema.ts';

const CHECKS = {
  github: 'HMAC signature of the body',
  gitea: 'HMAC signature of the body',
  gitlab: 'secret token',
  dockerhub: 'secret in the path',
  distribution: 'bearer secret',
  harbor: 'secret as auth header',
  quay: 'secret in the path',
  acr: 'bearer secret',
  ecr: 'secret as X-API-Key',
  nexus: 'HMAC signature of the body',
  jfrog: 'HMAC signature of the body, or the secret',
  notices: 'bearer secret',
} as const;

/** Each route that takes webhooks, and what it checks: no secret, no route. */
export function describeRoutes({ hooks }: Configuration, url: string): string[] {
  return Object.entries(hooks).map(([name, hook]) => {
    const secret = keepsSecretInPath(hook) ? '/SECRET' : '';
    return `  POST ${url}/hooks/${name}${secret}  ${hook.kind}, ${checkOf(hook)}`;
  });
}

function checkOf(hook: HookConfiguration): string {
  if (hook.kind !== 'generic') return CHECKS[hook.kind];
  return hook.signature === undefined ? 'secret in the path or as bearer' : 'HMAC signature of the body';
}
