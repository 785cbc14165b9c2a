import { createHttp } from '../adapters/http/http.ts';
import { createGitTarget } from '../adapters/targets/git/git-target.ts';
import { createPulls } from '../adapters/targets/git/pulls/create-pulls.ts';
import type { TargetConfiguration } from '../domain/configuration/schema.ts';
import type { Target } from '../ports/target.ts';
import { createRedactor } from '../runtime/secrets/redactor.ts';
import type { TargetOptions } from './targets.ts';

export function createManifests(
  name: string,
  settings: Extract<TargetConfiguration, { kind: 'git' }>,
  { secret, environment, manifests, log }: TargetOptions,
): Target {
  const { url, credentials: login, pullRequest: wish, apply } = settings;
  const redactor = createRedactor();
  const password = login === undefined ? undefined : secret(login.password);
  if (password !== undefined) redactor.add(password);
  const pulls =
    wish === undefined
      ? undefined
      : createPulls({ ...wish, url, token: secret(wish.token), http: createHttp({ userAgent: 'headway' }) });
  return createGitTarget({
    ...settings,
    credentials:
      login === undefined || password === undefined ? undefined : { username: login.username, password },
    pullRequest: pulls === undefined ? undefined : { branch: `headway/${name}`, pulls },
    apply: apply === undefined ? undefined : { ...apply, redact: redactor.redact },
    root: manifests,
    log,
    environment,
  });
}
