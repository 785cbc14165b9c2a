import { isDigest } from './digest.ts';

/**
 * Where an image is: `registry/repository`, and a tag or a digest or both. Docker Hub's short names are written
 * out (`nginx` is `docker.io/library/nginx`), so that two spellings of one name are equal.
 */
export type ImageReference = {
  /** Host in lower case with optional port, e.g. `docker.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  /** Path within the registry, lower case, e.g. `library/nginx`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
};

const HUB = 'docker.io';
const HUB_ALIASES = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]);
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const REGISTRY = new RegExp(`^(?:\\[[0-9a-f:]+\\]|${LABEL}(?:\\.${LABEL})*)(?::[1-9]\\d{0,4})?$`);
/** What Docker takes for an image's identifier rather than its name. */
const IDENTIFIER = /^[0-9a-f]{64}$/;
const TAG = /^\w[\w.-]{0,127}$/;

/**
 * The rules are those of the distribution project's reference grammar.
 * https://github.com/distribution/reference/blob/v0.6.0/reference.go
 *
 * @returns nothing when the text is not an image reference.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  const [beforeDigest = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !isDigest(digest))) return undefined;
  const colon = beforeDigest.lastIndexOf(':');
  const tagged = colon > beforeDigest.lastIndexOf('/');
  const name = tagged ? beforeDigest.slice(0, colon) : beforeDigest;
  const tag = tagged ? beforeDigest.slice(colon + 1) : undefined;
  if (tag !== undefined && !isTag(tag)) return undefined;
  const place = splitName(name);
  if (IDENTIFIER.test(name) || !isRegistry(place.registry) || !isRepository(place.repository))
    return undefined;
  return { ...place, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** The canonical spelling, registry always written out. The inverse of {@link parseImageReference}. */
export function formatImageReference(image: ImageReference): string {
  const tag = image.tag === undefined ? '' : `:${image.tag}`;
  const digest = image.digest === undefined ? '' : `@${image.digest}`;
  return `${repositoryName(image)}${tag}${digest}`;
}

/** `registry/repository`, without tag and digest. */
export function repositoryName(image: ImageReference): string {
  return `${image.registry}/${image.repository}`;
}

/** Whether both name the same repository of the same registry; tags and digests do not matter. */
export function sameRepository(a: ImageReference, b: ImageReference): boolean {
  return a.registry === b.registry && a.repository === b.repository;
}

/** Whether the text is a registry's host in lower case, with or without a port, such as `127.0.0.1:5000`. */
export function isRegistry(text: string): boolean {
  return text.length <= 259 && REGISTRY.test(text) && URL.canParse(`https://${text}`);
}

/** Whether the text is a repository's path within a registry, such as `library/nginx`. */
export function isRepository(text: string): boolean {
  return text.length <= 255 && REPOSITORY.test(text);
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/**
 * The first part is a registry if it has a dot or a port, or is `localhost`; else it is Docker Hub's. A first part
 * that is none of these but has capitals, which Docker takes for a host, is refused: it is a misspelt name.
 */
function splitName(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0)).toLowerCase();
  const hasRegistry = /[.:]/.test(first) || first === 'localhost';
  const registry = hasRegistry ? first : HUB;
  const repository = hasRegistry ? name.slice(slash + 1) : name;
  if (!HUB_ALIASES.has(registry)) return { registry, repository };
  return { registry: HUB, repository: repository.includes('/') ? repository : `library/${repository}` };
}
