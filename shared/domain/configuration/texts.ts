import { z } from 'zod';
import { isTag, parseImageReference } from '../names/image-reference.ts';

/** The kinds of text that the configuration knows. Each says what it expects, whatever was found instead. */

const NAME = 'expected a name of lower-case letters, digits, dots and dashes, at most 63';

export const Name = z.string(NAME).regex(/^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/, NAME);

export const TagName = text('an image tag, such as prod (numbers in quotes)', isTag);

const PREFIX =
  'expected letters, digits, dots and underscores in quotes, such as "2026.3": without quotes YAML takes 2026.10 for the number 2026.1';

/** What is before the first dash of an image tag that is made of it and the name of a branch. */
export const TagPrefix = z.string(PREFIX).regex(/^\w[\w.]{0,62}$/, PREFIX);

export const Repository = text(
  'an image repository without tag or digest, such as ghcr.io/acme/web',
  name => {
    const image = parseImageReference(name);
    return image !== undefined && image.tag === undefined && image.digest === undefined;
  },
);

/** As image references write it: Docker Hub is `docker.io`, whatever else it is called. */
export const RegistryHost = text(
  'a registry as image names write it, such as ghcr.io, docker.io or 127.0.0.1:5000',
  host => parseImageReference(`${host}/any`)?.registry === host,
);

/** A registry, with the path that its images are under where there is one. */
export const ImagePrefix = text(
  'what image names begin with, such as nexus.acme.com:8082 or acme.jfrog.io/docker-local',
  prefix => {
    const image = parseImageReference(`${prefix}/any`);
    const [, ...path] = prefix.split('/');
    return image !== undefined && `${image.registry}/${[...path, 'any'].join('/')}` === `${prefix}/any`;
  },
);

export const HostName = text('a host name such as headway.acme.com, without scheme and port', host =>
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(host),
);

export const RelativePath = text(
  'a path inside the repository',
  path => path !== '' && !path.startsWith('/') && !path.split('/').includes('..'),
);

/** What `git clone` takes. A password or token in it would end in logs and process lists. */
export const GitUrl = text('a URL or path for git, without credentials in it', url => {
  if (url === '' || url.startsWith('-')) return false;
  const user = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(url)?.[1];
  return user === undefined || (!user.includes(':') && !/^https?:/i.test(url));
});

/** Where an API begins. */
export const ApiUrl = text('an http or https URL without credentials or query', url => {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return false;
  return `${parsed.username}${parsed.password}${parsed.search}${parsed.hash}` === '';
});

export const Branch = text('a branch, such as main', branch => /^(?!-|refs\/)[^\s~^:?*[\\]+$/.test(branch));

export const Some = text('text that is not empty', value => value !== '');

/** https://www.rfc-editor.org/rfc/rfc6901 */
export const JsonPointer = z
  .string('expected a JSON pointer, such as /repository/name')
  .regex(/^(?:\/(?:[^~/]|~[01])*)+$/, 'expected a JSON pointer, such as /repository/name');

export const VariableName = z
  .string('expected the name of a variable, such as BASE')
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of a variable, such as BASE');

/** RFC 3339, with its offset. */
export const Moment = text(
  'a moment such as 2026-12-23T18:00:00+01:00 or 2026-12-23T17:00:00Z',
  moment =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(moment) &&
    !Number.isNaN(Date.parse(moment)),
);

/** https://www.iana.org/time-zones */
export const TimeZone = text('a time zone such as Europe/Berlin or UTC', zone => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
});

export const PlainText = z.string('expected text (numbers, true and false in quotes)');

/**
 * Names that lead to entries. Without a prototype, so that looking up a name that came from outside, such as
 * `constructor`, finds nothing.
 */
export function named<Entry extends z.ZodType>(key: z.ZodString, entry: Entry) {
  return z.record(key, entry).overwrite(withoutPrototype).prefault({});
}

function withoutPrototype<Entries extends object>(entries: Entries): Entries {
  return Object.assign(Object.create(null), entries);
}

export function text(expected: string, check: (text: string) => boolean) {
  return z.string(`expected ${expected}`).refine(check, `expected ${expected}`);
}
