import { type ImageReference, repositoryName } from '../../domain/names/image-reference.ts';
import { RegistryError } from '../../ports/registry-error.ts';
import type { Response } from '../http/http.ts';
import { documentOf, refusal } from './failures.ts';
import { redactUrl } from './redaction.ts';
import { retrying } from './retries.ts';
import { type Send, sentence } from './transport.ts';

const PAGE = 1_000;

/**
 * Every tag of the repository, page by page, in the registry's order; none when there is no such repository.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-tags
 */
export async function* listTags(send: Send, repository: ImageReference): AsyncIterable<string> {
  const about = { action: 'list the tags of', object: repositoryName(repository) };
  const seen = new Set<string>();
  let path: string | URL | undefined = `tags/list?n=${PAGE}`;
  while (path !== undefined) {
    const asked: string | URL = path;
    const { response, bytes } = await retrying(async () => {
      const response = await send({
        ...about,
        repository,
        method: 'GET',
        path: asked,
        access: 'pull',
        headers: { Accept: 'application/json' },
        expects: [200, 404],
      });
      if (response.status === 200) return { response, bytes: await documentOf(about, response) };
      const error = await refusal(about, response);
      if (error.codes.includes('NAME_UNKNOWN') || error.codes.includes('NOT_FOUND')) {
        return { response, bytes: Buffer.from('{}') };
      }
      throw error;
    });
    yield* tagsIn(bytes, sentence(about));
    path = nextPage(response, sentence(about));
    if (path !== undefined && seen.has(path.href))
      throw wrong(sentence(about), 'its pages go round in a circle');
    if (path !== undefined) seen.add(path.href);
  }
}

function tagsIn(bytes: Uint8Array, about: string): readonly string[] {
  const tags = (parse(bytes, about) as { tags?: unknown } | null)?.tags ?? [];
  if (Array.isArray(tags) && tags.every(tag => typeof tag === 'string')) return tags;
  throw wrong(about, 'the answer has no list of tags');
}

function parse(bytes: Uint8Array, about: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw wrong(about, 'the answer is not JSON');
  }
}

/** The `Link` header's next page (RFC 8288), which may only be the same registry's. */
function nextPage(response: Response, about: string): URL | undefined {
  const [, target] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(response.headers.get('link') ?? '') ?? [];
  if (target === undefined) return undefined;
  const here = new URL(response.url);
  const next = URL.canParse(target, here) ? new URL(target, here) : undefined;
  if (next?.origin === here.origin) return next;
  throw wrong(about, `its next page is elsewhere (${next === undefined ? 'not a URL' : redactUrl(next)})`);
}

function wrong(about: string, state: string): RegistryError {
  return new RegistryError(`${about} ${state}`, { temporary: false });
}
