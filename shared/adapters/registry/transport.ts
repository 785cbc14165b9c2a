import { type ImageReference, repositoryName } from '../../domain/names/image-reference.ts';
import { RegistryError } from '../../ports/registry-error.ts';
import { type Body, discard, type Http, type HttpCall, type Response } from '../http/http.ts';
import type { Authorizer } from './authorization.ts';
import { type Insecure, originOf } from './endpoints.ts';
import { type Doing, failure, refusal } from './failures.ts';
import { redactUrl } from './redaction.ts';

export type Ask = Doing & {
  readonly repository: ImageReference;
  readonly method: HttpCall['method'];
  /** Behind `/v2/<repository>/`, or the whole URL that the registry gave. */
  readonly path: string | URL;
  readonly access: 'pull' | 'push' | 'delete';
  /** Another repository of the same registry that is read by the same request. */
  readonly from?: ImageReference | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** Any other status is an error. */
  readonly expects: readonly number[];
  /** The body is a blob: there is more time for it. */
  readonly transfer?: boolean;
};

/** One question to a registry, authenticated and, for reading, redirected. @throws {RegistryError} */
export type Send = (ask: Ask) => Promise<Response>;

export type Timeouts = {
  /** Milliseconds for an answer with its document. */
  readonly answer: number;
  /** Milliseconds for a whole blob. */
  readonly transfer: number;
};

type Wiring = {
  readonly http: Http;
  readonly authorizer: Authorizer;
  readonly insecure: Insecure;
  readonly timeouts: Timeouts;
};

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 5;
/** https://distribution.github.io/distribution/spec/auth/scope/#resource-scope-grammar */
const ACTIONS = { pull: 'pull', push: 'pull,push', delete: 'pull,delete' } as const;

export function createSend({ http, authorizer, insecure, timeouts }: Wiring): Send {
  return async ask => {
    try {
      const response = await redirected(ask, await authorized(ask));
      if (ask.expects.includes(response.status)) return response;
      throw await refusal(ask, response);
    } catch (error) {
      throw failure(ask, error);
    }
  };

  async function authorized(ask: Ask): Promise<Response> {
    const home = originOf(ask.repository.registry, insecure);
    const url =
      typeof ask.path === 'string' ? new URL(`/v2/${ask.repository.repository}/${ask.path}`, home) : ask.path;
    if (url.origin !== home.origin) return await once(ask, url);
    const scope = { registry: ask.repository.registry, scopes: scopesOf(ask), signal: ask.signal };
    const authorization = await authorizer.known(scope);
    const response = await once(ask, url, authorization);
    if (response.status !== 401) return response;
    const challenge = response.headers.get('www-authenticate') ?? '';
    const better = await authorizer.answer(scope, { challenge, rejected: authorization });
    if (better === undefined || better === authorization) return response;
    await discard(response);
    return await once(ask, url, better);
  }

  /** Only reading is redirected, as registries do it to their storage; credentials stay with the registry. */
  async function redirected(ask: Ask, first: Response): Promise<Response> {
    let response = first;
    for (let count = 0; isRedirect(ask, response); count++) {
      const next = targetOf(ask, response);
      if (count === MOST_REDIRECTS)
        throw new RegistryError(`${sentence(ask)} too many redirects`, { temporary: false });
      await discard(response);
      response =
        next.origin === new URL(first.url).origin
          ? await authorized({ ...ask, path: next })
          : await once(ask, next);
    }
    return response;
  }

  async function once(ask: Ask, url: URL, authorization?: string): Promise<Response> {
    return await http({
      method: ask.method,
      url,
      headers: { ...ask.headers, ...(authorization !== undefined && { Authorization: authorization }) },
      ...(ask.body !== undefined && { body: ask.body }),
      deadline: ask.transfer ? timeouts.transfer : timeouts.answer,
      signal: ask.signal,
    });
  }
}

/**
 * Where a `Location` leads, from the URL of the answer that holds it. Never from https to plain http, where
 * credentials or content could be read on the way.
 */
export function targetOf(doing: Doing, response: Response): URL {
  const location = response.headers.get('location') ?? '';
  const here = new URL(response.url);
  if (location === '' || !URL.canParse(location, here)) {
    throw new RegistryError(
      `${sentence(doing)} ${redactUrl(here)} answered ${response.status} without a usable Location`,
      {
        temporary: false,
        status: response.status,
      },
    );
  }
  const target = new URL(location, here);
  if (target.protocol === 'https:' || target.protocol === here.protocol) return target;
  throw new RegistryError(
    `${sentence(doing)} ${redactUrl(here)} leads to ${redactUrl(target)}, which is not encrypted; set the registry up for https`,
    { temporary: false, status: response.status },
  );
}

function isRedirect({ method }: Ask, { status }: Response): boolean {
  return (method === 'GET' || method === 'HEAD') && REDIRECTS.has(status);
}

function scopesOf({ repository, access, from }: Ask): string[] {
  const scopes = [`repository:${repository.repository}:${ACTIONS[access]}`];
  if (from !== undefined) scopes.push(`repository:${from.repository}:pull`);
  return scopes;
}

/** How every message about it begins. */
export function sentence({ action, object }: Doing): string {
  return `Cannot ${action} "${object}":`;
}

/** `registry/repository:tag`, or with the digest where there is one. */
export function nameOf(image: ImageReference): string {
  return `${repositoryName(image)}${image.digest === undefined ? `:${image.tag ?? 'latest'}` : `@${image.digest}`}`;
}
