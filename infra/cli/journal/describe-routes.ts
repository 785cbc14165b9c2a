import type { Configuration } from '../../../shared/domain/configuration/schema.ts';

const CHECKS = {
  github: 'HMAC signature of the body',
  gitea: 'HMAC signature of the body',
  dockerhub: 'secret in the path',
  distribution: 'bearer secret',
  notices: 'bearer secret',
} as const;

/** Each route that takes webhooks, and what it checks: no secret, no route. */
export function describeRoutes({ hooks }: Configuration, url: string): string[] {
  return Object.entries(hooks).map(([name, { kind }]) => {
    const secret = kind === 'dockerhub' ? '/SECRET' : '';
    return `  POST ${url}/hooks/${name}${secret}  ${kind}, ${CHECKS[kind]}`;
  });
}
