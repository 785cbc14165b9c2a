import { RegistryError } from '../../ports/registry-error.ts';
import type { Http, Response } from '../http/http.ts';
import type { Challenge } from './challenges.ts';
import { basicHeader, type Credentials, type CredentialsFor, TOKEN_USER } from './credentials.ts';
import { type Insecure, originOf } from './endpoints.ts';
import { documentOf, failure, refusal } from './failures.ts';

export type Scope = {
  readonly registry: string;
  /** As https://distribution.github.io/distribution/spec/auth/scope/ writes them. */
  readonly scopes: readonly string[];
  readonly signal?: AbortSignal | undefined;
};

export type Tokens = {
  /** `Bearer …` for the scope: kept until shortly before it expires, fetched once for all who wait. */
  header(challenge: Challenge, scope: Scope): Promise<string>;
  forget(scope: Scope, rejected: string): void;
};

type Wiring = {
  readonly http: Http;
  readonly credentials: CredentialsFor;
  readonly insecure: Insecure;
  readonly deadline: number;
};
type Kept = { readonly header: Promise<string>; value?: string; until: number };

/** The specification's default, and how long before the end a token is no longer used, in seconds. */
const LIFETIME = 60;
const MARGIN = 10;

/** Bearer tokens. https://distribution.github.io/distribution/spec/auth/token/ */
export function createTokens(wiring: Wiring): Tokens {
  const kept = new Map<string, Kept>();
  const keyOf = ({ registry, scopes }: Scope) => [registry, ...scopes].join(' ');

  return {
    header(challenge, scope) {
      const key = keyOf(scope);
      const known = kept.get(key);
      if (known !== undefined && performance.now() < known.until)
        return orAborted(known.header, scope.signal);
      const fetched = fetchToken(wiring, challenge, scope);
      const entry: Kept = {
        header: fetched.then(({ token, seconds }) => {
          entry.until = performance.now() + Math.max(seconds - MARGIN, 1) * 1_000;
          entry.value = `Bearer ${token}`;
          return entry.value;
        }),
        until: Number.POSITIVE_INFINITY,
      };
      kept.set(key, entry);
      entry.header.catch(() => kept.get(key) === entry && kept.delete(key));
      return orAborted(entry.header, scope.signal);
    },
    forget(scope, rejected) {
      if (kept.get(keyOf(scope))?.value === rejected) kept.delete(keyOf(scope));
    },
  };
}

async function fetchToken(
  { http, credentials, insecure, deadline }: Wiring,
  challenge: Challenge,
  { registry, scopes }: Scope,
): Promise<{ readonly token: string; readonly seconds: number }> {
  const doing = { action: 'get a token for', object: registry };
  const realm = realmOf(challenge, registry, insecure);
  const service = challenge.parameters['service'];
  const known = await credentials(registry);
  const response = await askForToken({ http, deadline, realm, service, scopes, known }).catch(error => {
    throw failure(doing, error);
  });
  if (response.status !== 200) throw await refusal(doing, response);
  const answer = fieldsOf(await documentOf(doing, response));
  const token = answer['token'] ?? answer['access_token'];
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new RegistryError(
      `Cannot get a token for "${registry}": there is none in the answer of ${realm.host}`,
      {
        temporary: false,
      },
    );
  }
  const lifetime = answer['expires_in'];
  return { token, seconds: typeof lifetime === 'number' && lifetime > 0 ? lifetime : LIFETIME };
}

type Question = Pick<Wiring, 'http' | 'deadline'> & {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  readonly known: Credentials | undefined;
};

/** An identity token is exchanged by POST: https://distribution.github.io/distribution/spec/auth/oauth/ */
function askForToken({ http, deadline, realm, service, scopes, known }: Question): Promise<Response> {
  if (known?.username === TOKEN_USER) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'headway',
      refresh_token: known.password,
      scope: scopes.join(' '),
      ...(service !== undefined && { service }),
    });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return http({ method: 'POST', url: realm, headers, body: Buffer.from(form.toString()), deadline });
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const headers = known === undefined ? {} : { Authorization: basicHeader(known) };
  return http({ method: 'GET', url, headers, deadline });
}

/** Passwords go to it: over plain http only where the registry itself is spoken to so. */
function realmOf({ parameters }: Challenge, registry: string, insecure: Insecure): URL {
  const text = parameters['realm'] ?? '';
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  const plain = originOf(registry, insecure).protocol === 'http:';
  if (realm?.protocol === 'https:' || (realm?.protocol === 'http:' && plain)) return realm;
  const state = realm === undefined ? 'is not a URL' : 'is not encrypted';
  const message = `Cannot get a token for "${registry}": its token server "${realm?.origin ?? ''}" ${state}`;
  throw new RegistryError(`${message}; set the registry up with an https realm`, {
    temporary: false,
    status: 401,
  });
}

function fieldsOf(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The token is fetched for everybody who waits for it, so that one of them going away must not end it. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await promise;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
