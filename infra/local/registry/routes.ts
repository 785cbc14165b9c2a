import { type Digest, isDigest } from '../../../shared/domain/names/digest.ts';
import { isRepository } from '../../../shared/domain/names/image-reference.ts';
import { Refusal } from './answers.ts';

/** What a path asks about. Names are checked; a manifest's reference (tag or digest) is not. */
export type Route =
  | { readonly kind: 'api' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags' | 'uploads'; readonly name: string }
  | { readonly kind: 'manifest' | 'upload'; readonly name: string; readonly reference: string }
  | { readonly kind: 'blob' | 'referrers'; readonly name: string; readonly digest: Digest };

/** Repository names hold slashes, and words such as `manifests`: the last part decides. */
const PATTERNS = [
  ['tags', /^(?<name>.+)\/tags\/list$/],
  ['uploads', /^(?<name>.+)\/blobs\/uploads\/?$/],
  ['upload', /^(?<name>.+)\/blobs\/uploads\/(?<last>[^/]+)$/],
  ['blob', /^(?<name>.+)\/blobs\/(?<last>[^/]+)$/],
  ['manifest', /^(?<name>.+)\/manifests\/(?<last>[^/]+)$/],
  ['referrers', /^(?<name>.+)\/referrers\/(?<last>[^/]+)$/],
] as const;

/**
 * The endpoints of https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#endpoints and Docker's
 * catalog. @throws {Refusal} for a path that is none, or whose repository or digest is not a valid name of one.
 */
export function routeOf(encodedPath: string): Route {
  const path = decode(encodedPath);
  if (path === '/v2' || path === '/v2/') return { kind: 'api' };
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  const route = path.startsWith('/v2/') ? repositoryRoute(path.slice('/v2/'.length)) : undefined;
  if (route !== undefined) return route;
  throw new Refusal(404, 'UNSUPPORTED', { message: 'there is no such endpoint' });
}

function repositoryRoute(path: string): Route | undefined {
  for (const [kind, pattern] of PATTERNS) {
    const { name, last = '' } = pattern.exec(path)?.groups ?? {};
    if (name === undefined) continue;
    if (!isRepository(name))
      throw new Refusal(400, 'NAME_INVALID', { message: 'not a valid repository name' });
    if (kind === 'tags' || kind === 'uploads') return { kind, name };
    if (kind === 'manifest' || kind === 'upload') return { kind, name, reference: last };
    return { kind, name, digest: checkedDigest(last) };
  }
  return undefined;
}

/** @throws {Refusal} when it is not a sha256 digest. */
export function checkedDigest(text: string | null): Digest {
  if (text !== null && isDigest(text)) return text;
  throw new Refusal(400, 'DIGEST_INVALID', { message: 'expected sha256: and 64 hex digits' });
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Refusal(400, 'NAME_INVALID', { message: 'the path is not well encoded' });
  }
}
