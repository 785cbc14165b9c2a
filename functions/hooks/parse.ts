import type { HookConfiguration } from '../../shared/domain/configuration/schema.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import type { HttpRequest } from '../../shared/ports/http.ts';

type Kind = HookConfiguration['kind'];
type Headers = HttpRequest['headers'];

/** What a path asks for: `/hooks/{source}`, and `/hooks/{source}/{secret}`; a slash at the end does not matter. */
export function parsePath(path: string): { source: string; inPath?: string } | undefined {
  const [, source, inPath] = /^\/hooks\/([^/]+)(?:\/([^/]+))?\/?$/.exec(path) ?? [];
  if (source === undefined) return undefined;
  return { source, ...(inPath !== undefined && { inPath }) };
}

/**
 * The payload's JSON text. GitHub and Gitea wrap it into the `payload` field of a form if they are told to.
 *
 * @returns nothing when the request says that it is in no format of the sender's.
 * @throws {PermanentError} when the bytes are not what they are said to be.
 */
export function payloadText(kind: Kind, { headers, body }: HttpRequest): string | undefined {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return undefined;
  const text = decodeUtf8(body);
  if (kind !== 'github' && kind !== 'gitea') return text;
  const [type = ''] = (headers['content-type'] ?? 'application/json').split(';', 1);
  switch (type.trim().toLowerCase()) {
    case 'application/json':
      return text;
    case 'application/x-www-form-urlencoded': {
      const payload = new URLSearchParams(text).get('payload');
      if (payload === null) throw new PermanentError('Cannot read the form: it has no field "payload"');
      return payload;
    }
    default:
      return undefined;
  }
}

/** The sender's word for what happened. A forge that does not say is not understood. */
export function eventOf(kind: Kind, headers: Headers): string | undefined {
  if (kind === 'gitlab') return gitlabEvent(headers['x-gitlab-event']);
  if (kind !== 'github' && kind !== 'gitea') return undefined;
  const forge = headers['x-gitea-event'] ?? headers['x-forgejo-event'] ?? headers['x-gogs-event'];
  const event = (kind === 'gitea' ? forge : undefined) ?? headers['x-github-event'];
  if (event !== undefined && /^[\w.-]{1,64}$/.test(event)) return event;
  const header = kind === 'github' ? 'X-GitHub-Event' : 'X-Gitea-Event';
  throw new PermanentError(`Cannot read the event: header ${header} is missing, or not the name of one`);
}

/** "Tag Push Hook" is `tag_push`, as GitLab's own payloads have it. */
function gitlabEvent(header = ''): string {
  const [, words] = /^([A-Z][A-Za-z]*(?: [A-Z][A-Za-z]*){0,5}) Hook$/.exec(header) ?? [];
  if (words !== undefined) return words.toLowerCase().replaceAll(' ', '_');
  throw new PermanentError('Cannot read the event: header X-Gitlab-Event is missing, or not the name of one');
}

/** The sender's id of the delivery, the same when it is sent again; nothing where the sender gives none of use. */
export function deliveryIdOf(kind: Kind, headers: Headers): string | undefined {
  const id = givenId(kind, headers);
  return id !== undefined && /^[\w.:-]{1,128}$/.test(id) ? id : undefined;
}

function givenId(kind: Kind, headers: Headers): string | undefined {
  switch (kind) {
    case 'github':
      return headers['x-github-delivery'];
    case 'gitea': {
      const own = headers['x-gitea-delivery'] ?? headers['x-forgejo-delivery'] ?? headers['x-gogs-delivery'];
      return own ?? headers['x-github-delivery'];
    }
    case 'gitlab':
      return headers['idempotency-key'];
    case 'nexus':
      return headers['x-nexus-webhook-delivery'];
    default:
      return undefined;
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new PermanentError('Cannot read the body: it is not UTF-8');
  }
}
