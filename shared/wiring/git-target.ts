import { createHttp } from '../adapters/http/http.ts';
import { createGitTarget } from '../adapters/targets/git/git-target.ts';
import { createPulls } from '../adapters/targets/git/pulls/create-pulls.ts';
import type { Target } from '../ports/target.ts';
import { redactorOf } from '../runtime/secrets/redactor.ts';
import type { TargetOptions, TargetSettings } from './target-options.ts';

/** A repository of manifests; its password appears in nothing that a program of it prints. */
export function gitTargetOf(
  name: string,
  settings: TargetSettings<'git'>,
  { secret, environment, manifests, log }: TargetOptions,
): Target {
  const { url, credentials: login, pullRequest: wish, apply } = settings;
  const password = login === undefined ? undefined : secret(login.password);
  const redact = redactorOf(password === undefined ? [] : [password]);
  const pulls =
    wish === undefined
      ? undefined
      : createPulls({ ...wish, url, token: secret(wish.token), http: createHttp({ userAgent: 'headway' }) });
  return createGitTarget({
    ...settings,
    credentials:
      login === undefined || password === undefined ? undefined : { username: login.username, password },
    pullRequest: pulls === undefined ? undefined : { branch: `headway/${name}`, pulls },
    apply: apply === undefined ? undefined : { ...apply, redact },
    root: manifests,
    log,
    environment,
  });
}
