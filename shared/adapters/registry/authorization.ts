import type { Http } from '../http/http.ts';
import { type Challenge, parseChallenges } from './challenges.ts';
import { basicHeader, type CredentialsFor } from './credentials.ts';
import type { Insecure } from './endpoints.ts';
import { createTokens, type Scope, type Tokens } from './tokens.ts';

/** Makes `Authorization` headers. */
export type Authorizer = {
  /** The header to begin with: nothing, until the registry has asked for one. */
  known(scope: Scope): Promise<string | undefined>;
  /** The header that a 401 asks for; nothing when there are no credentials for it. */
  answer(
    scope: Scope,
    asked: { readonly challenge: string; readonly rejected: string | undefined },
  ): Promise<string | undefined>;
};

type Wiring = {
  readonly http: Http;
  readonly credentials: CredentialsFor;
  readonly insecure: Insecure;
  readonly deadline: number;
};

/** Basic (RFC 7617) and Bearer (https://distribution.github.io/distribution/spec/auth/token/). */
export function createAuthorizer({ http, credentials, insecure, deadline }: Wiring): Authorizer {
  const tokens: Tokens = createTokens({ http, credentials, insecure, deadline });
  const challenges = new Map<string, Challenge>();
  const basics = new Map<string, string | undefined>();

  return {
    async known(scope) {
      const challenge = challenges.get(scope.registry);
      return challenge === undefined ? undefined : await headerFor(challenge, scope);
    },
    async answer(scope, { challenge: header, rejected }) {
      const offered = parseChallenges(header);
      const challenge =
        offered.find(({ scheme }) => scheme === 'bearer') ?? offered.find(({ scheme }) => scheme === 'basic');
      if (challenge === undefined) return undefined;
      challenges.set(scope.registry, challenge);
      // What was kept is forgotten if it was refused: tokens expire early, and helpers change passwords.
      if (rejected !== undefined) {
        if (basics.get(scope.registry) === rejected) basics.delete(scope.registry);
        tokens.forget(scope, rejected);
      }
      return await headerFor(challenge, scope);
    },
  };

  async function headerFor(challenge: Challenge, scope: Scope): Promise<string | undefined> {
    if (challenge.scheme === 'bearer') return await tokens.header(challenge, scope);
    if (!basics.has(scope.registry)) {
      const known = await credentials(scope.registry);
      basics.set(scope.registry, known && basicHeader(known));
    }
    return basics.get(scope.registry);
  }
}
