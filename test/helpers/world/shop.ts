import { createHmac } from 'node:crypto';
import { ConfigurationShape } from '../../../shared/domain/configuration/schema.ts';
import type { HttpAnswer, HttpHandler } from '../../../shared/ports/http.ts';
import type { Snapshot } from '../memory-documents.ts';
import { shaOf } from './memory-forge.ts';
import { SECRET, type Surroundings } from './world.ts';

export const URL_OF_SHOP = 'https://git.example/acme/shop.git';

type ShopOptions = {
  readonly onRewrite?: 'wait' | 'follow';
  /** Parts of the configuration that are added, or replace those of the same name. */
  readonly more?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/** A parent image, two children, and an image that others build; all but the parent follow `prod`, each run by a service. */
export function shopConfiguration(
  builder: 'auto' | 'none' = 'auto',
  { onRewrite = 'wait', more = {} }: ShopOptions = {},
) {
  return ConfigurationShape.parse({
    repos: { shop: { url: URL_OF_SHOP, onRewrite }, ...more['repos'] },
    images: {
      base: imageOf('base', { builder }),
      web: imageOf('web', { builder, parent: 'base' }),
      api: imageOf('api', { builder, parent: 'base' }),
      jobs: imageOf('jobs', { builder: 'none' }),
      ...more['images'],
    },
    tags: { prod: { images: ['web', 'api', 'jobs'] }, ...more['tags'] },
    targets: { place: { kind: 'docker' }, ...more['targets'] },
    services: {
      web: { target: 'place', image: 'web', tag: 'prod' },
      api: { target: 'place', image: 'api', tag: 'prod' },
      jobs: { target: 'place', image: 'jobs', tag: 'prod' },
      ...more['services'],
    },
    hooks: {
      github: { kind: 'github', secret: 'env://GITHUB' },
      builds: { kind: 'notices', secret: 'env://BUILDS' },
      hub: { kind: 'dockerhub', secret: 'env://HUB' },
      registry: { kind: 'distribution', secret: 'env://REGISTRY' },
      ...more['hooks'],
    },
    smartRedeploy: more['smartRedeploy'],
    deploys: more['deploys'],
    gates: more['gates'],
  });
}

/** An image of the shop's registry, built from its repo. */
export function imageOf(name: string, more: object = {}) {
  return { repo: 'shop', repository: `registry.example/shop/${name}`, ...more };
}

/** One push of a branch, from a named commit to a named commit. */
export function pushOf(
  before: string | undefined,
  after: string,
  { ref = 'refs/heads/main', forced = false }: { readonly ref?: string; readonly forced?: boolean } = {},
) {
  return {
    ref,
    before: before === undefined ? '0'.repeat(40) : shaOf(before),
    after: shaOf(after),
    forced,
    commits: [
      { id: shaOf(after), message: after, timestamp: '2026-03-02T09:00:00Z', author: { name: 'Ada' } },
    ],
    head_commit: {
      id: shaOf(after),
      message: after,
      timestamp: '2026-03-02T09:00:00Z',
      author: { name: 'Ada' },
    },
    repository: { clone_url: URL_OF_SHOP },
  };
}

/** A build notice as Skia's task drivers send it, with the optional fields that a careful builder adds. */
export function noticeOf(image: string, commit: string, more: object = {}) {
  return { image_name: `registry.example/shop/${image}`, tag: shaOf(commit), repo: URL_OF_SHOP, ...more };
}

/** Delivers a payload as GitHub would, signed. */
export function deliverPush(hooks: HttpHandler, id: string, payload: object): Promise<HttpAnswer> {
  const body = Buffer.from(JSON.stringify(payload));
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  return hooks(
    request('/hooks/github', body, {
      'x-github-event': 'push',
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${signature}`,
    }),
  );
}

/** Delivers a build notice with the hook's bearer secret. */
export function deliverNotice(hooks: HttpHandler, payload: object): Promise<HttpAnswer> {
  return hooks(
    request('/hooks/builds', Buffer.from(JSON.stringify(payload)), { authorization: `Bearer ${SECRET}` }),
  );
}

/** Delivers what a Distribution registry tells of a pushed tag, with the hook's bearer secret. */
export function deliverRegistryPush(hooks: HttpHandler, image: string, tag: string): Promise<HttpAnswer> {
  const target = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    repository: `shop/${image}`,
    tag,
    url: `https://registry.example/v2/shop/${image}/manifests/${tag}`,
  };
  const body = Buffer.from(JSON.stringify({ events: [{ action: 'push', target }] }));
  return hooks(request('/hooks/registry', body, { authorization: `Bearer ${SECRET}` }));
}

function request(path: string, body: Uint8Array, headers: Record<string, string>) {
  return {
    method: 'POST',
    path,
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/json', ...headers },
    body,
    signal: new AbortController().signal,
  };
}

/** What must be the same in whatever order the facts came: what is built, where tags stand, what runs. */
export function truthOf(
  documents: Snapshot,
  { registry, target }: Pick<Surroundings, 'registry' | 'target'>,
) {
  const pick = (collection: string, ...fields: string[]) =>
    Object.entries(documents)
      .filter(([path]) => path.startsWith(`${collection}/`))
      .map(([path, document]) => [path, ...fields.map(field => projection(document[field]))]);
  return {
    builds: pick('builds', 'status', 'digest'),
    tags: pick('tags', 'wanted', 'observed', 'candidates', 'hold'),
    services: pick('services', 'wanted', 'observed', 'phase'),
    branches: pick('branches', 'head'),
    registry: registry.tags(),
    running: target.running(),
  };
}

/** Without the times at which things happened to be seen. */
function projection(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(projection).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  const { commit, digest } = value as { commit?: unknown; digest?: unknown };
  return { commit, digest };
}
