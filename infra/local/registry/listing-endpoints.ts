import type { Digest } from '../../../shared/domain/names/digest.ts';
import { OCI_INDEX } from '../../../shared/domain/names/manifest-types.ts';
import { answerJson, Refusal } from './answers.ts';
import { readManifest } from './manifest-checks.ts';
import type { Shelf, Visit } from './shelf.ts';

/** https://distribution.github.io/distribution/spec/api/#listing-repositories */
export async function catalogEndpoint(visit: Visit): Promise<void> {
  const { page, headers } = pageOf(visit, await visit.shelf.repositories.names(), '/v2/_catalog');
  answerJson(visit, { repositories: page }, { headers });
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-tags */
export async function tagsEndpoint(visit: Visit, name: string): Promise<void> {
  const tags = await visit.shelf.repositories.tags(name);
  if (tags === undefined) {
    throw new Refusal(404, 'NAME_UNKNOWN', { message: 'there is no such repository' });
  }
  const { page, headers } = pageOf(visit, tags, `/v2/${name}/tags/list`);
  answerJson(visit, { name, tags: page }, { headers });
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-referrers */
export async function referrersEndpoint(
  visit: Visit,
  { name, digest }: { readonly name: string; readonly digest: Digest },
): Promise<void> {
  // A plus sign that was not encoded reads as a space, which no media type has.
  const wanted = visit.query.get('artifactType')?.replaceAll(' ', '+') || undefined;
  const found = await visit.shelf.repositories.referrers(name, digest);
  const all = (await Promise.all(found.map(referrer => describe(visit.shelf, name, referrer)))).flat();
  const manifests = all.filter(({ artifactType }) => wanted === undefined || artifactType === wanted);
  const headers = {
    'Content-Type': OCI_INDEX,
    ...(wanted !== undefined && { 'OCI-Filters-Applied': 'artifactType' }),
  };
  answerJson(visit, { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, { headers });
}

async function describe(shelf: Shelf, name: string, digest: Digest) {
  const mediaType = await shelf.repositories.mediaType(name, digest);
  const bytes = mediaType && (await shelf.content.read(digest));
  if (!mediaType || !bytes) return [];
  const { artifactType, annotations } = readManifest(bytes, mediaType);
  return [{ mediaType, digest, size: bytes.length, artifactType, annotations }];
}

/** The names behind `last`, at most `n`, with a `Link` to the next page where there is one. */
function pageOf({ query, shelf }: Visit, names: readonly string[], path: string) {
  const n = query.get('n') ?? String(shelf.pageSize);
  if (!/^\d{1,9}$/.test(n)) {
    throw new Refusal(400, 'PAGINATION_NUMBER_INVALID', { message: 'expected a number n' });
  }
  const limit = Math.min(Number(n), shelf.pageSize);
  const last = query.get('last') ?? '';
  const rest = names.filter(name => name > last);
  const page = rest.slice(0, limit);
  const end = page.at(-1);
  if (end === undefined || rest.length === page.length) return { page, headers: {} };
  const next = new URLSearchParams({ n: String(limit), last: end });
  return { page, headers: { Link: `<${path}?${next}>; rel="next"` } };
}
