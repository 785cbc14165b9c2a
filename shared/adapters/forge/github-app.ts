import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { z } from 'zod';
import { PermanentError } from '../../domain/permanent-error.ts';
import type { Clock } from '../../ports/clock.ts';
import { createConnection } from './api/connection.ts';
import type { Authorization } from './api/question.ts';
import type { App } from './api/repo-settings.ts';
import { Instant } from './api/repository-api.ts';
import type { Send } from './api/send.ts';
import type { GithubReports } from './github-reports.ts';

const Token = z.object({ token: z.string().min(1), expires_at: Instant });

/** A token is not used any more when it has so little time left: a checkout may take some. */
const MARGIN = 5 * 60_000;

/**
 * Logs in as the installation of a GitHub App, with a token that may only read the contents of this one
 * repository, and report on its commits where that is wanted. It lives for an hour, is asked for when it is first
 * needed and again shortly before its end, and at once when GitHub rejects it. Whoever comes meanwhile waits for
 * the same.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
 *
 * @throws {PermanentError} when the key is none, or GitHub does not take it
 */
export function createAppAuthorization({
  app,
  base,
  repository,
  headers,
  send,
  clock,
  reports,
}: {
  readonly app: App;
  readonly base: string;
  readonly repository: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly send: Send;
  readonly clock: Clock;
  /** What it is to report by; nothing when it is not to. */
  readonly reports?: Pick<GithubReports, 'permission' | 'scope'> | undefined;
}): Authorization {
  const key = keyOf(app);
  const advise = (status: number) =>
    status === 401
      ? 'check its number and its private key'
      : `install the App where ${repository} is, for that repository, with the permission "Contents: read"${reports === undefined ? '' : ` and ${reports.permission}`}`;
  const permissions = { contents: 'read', ...reports?.scope };
  const place = { base, headers, about: `for ${repository}`, advise };
  const authorization = () => Promise.resolve(`Bearer ${webToken(app, { key, now: clock.now() })}`);
  const connection = createConnection(send, { ...place, authorization });
  let held: { readonly header: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;

  async function ask(): Promise<string> {
    const { found } = await connection.json(
      {
        doing: `log in as GitHub App ${app.appId}, installation ${app.installationId},`,
        method: 'POST',
        path: `app/installations/${app.installationId}/access_tokens`,
        body: { repositories: [repository.split('/').at(-1)], permissions },
        absent: [],
      },
      Token,
    );
    if (found === undefined) throw new PermanentError('Cannot log in at GitHub: there was no token');
    held = { header: `Bearer ${found.token}`, until: Date.parse(found.expires_at) - MARGIN };
    return held.header;
  }

  return rejected => {
    if (held !== undefined && held.header !== rejected && clock.now() < held.until) {
      return Promise.resolve(held.header);
    }
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

/**
 * Proves to be the App, for less than ten minutes; begun a minute ago, in case GitHub's clock is behind ours.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
function webToken({ appId }: App, { key, now }: { readonly key: KeyObject; readonly now: number }): string {
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds - 60, exp: seconds + 540, iss: String(appId) };
  const parts = [{ alg: 'RS256', typ: 'JWT' }, claims].map(part =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signed = parts.join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

/** Where a secret can be only one line, its line breaks are often written as `\n`. */
function keyOf({ appId, privateKey }: App): KeyObject {
  try {
    const key = createPrivateKey(privateKey.replaceAll('\\n', '\n'));
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // What is wrong with it would show some of it.
  }
  throw new PermanentError(
    `Cannot use the private key of GitHub App ${appId}: it is no RSA key in PEM form; put the file there that GitHub gave`,
  );
}
