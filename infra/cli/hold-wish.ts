import type { HoldEnd, HoldScope } from '../../shared/domain/documents/hold.ts';
import { Duration, milliseconds } from '../../shared/domain/durations.ts';
import { isCommitSha } from '../../shared/domain/names/commit-sha.ts';
import { UsageError } from './command.ts';

/** The options that say what is held. */
export const SCOPE = {
  image: { type: 'string' },
  tag: { type: 'string' },
  service: { type: 'string' },
  target: { type: 'string' },
  everything: { type: 'boolean' },
} as const;
/** The options that say until when. */
export const END = {
  for: { type: 'string' },
  until: { type: 'string' },
  'until-commit': { type: 'string' },
  'until-gate': { type: 'string' },
} as const;

type Words<Options> = { readonly [name in keyof Options]?: string | boolean | undefined };

/** What is held; nothing where no option says so. @throws {UsageError} for options that do not go together. */
export function scopeOf({
  image,
  tag,
  service,
  target,
  everything,
}: Words<typeof SCOPE>): HoldScope | undefined {
  const scopes: HoldScope[] = [];
  if (typeof tag === 'string') {
    scopes.push({ kind: 'tag', tag, ...(typeof image === 'string' && { image }) });
  } else if (typeof image === 'string') scopes.push({ kind: 'image', image });
  if (typeof service === 'string') {
    const [, at, name] = /^([^/]+)\/(.+)$/.exec(service) ?? [];
    if (at === undefined || name === undefined) {
      throw new UsageError('--service takes one service as TARGET/SERVICE, such as cluster/web');
    }
    scopes.push({ kind: 'service', target: at, service: name });
  }
  if (typeof target === 'string') scopes.push({ kind: 'target', target });
  if (everything === true) scopes.push({ kind: 'everything' });
  if (scopes.length < 2) return scopes[0];
  throw new UsageError(
    'a hold is over one thing: an image, a tag (of an image), a service, a target or everything',
  );
}

/** When it ends by itself; nothing where no option says so. @throws {UsageError} for what cannot be understood. */
export function endOf(words: Words<typeof END>, now: number): HoldEnd | undefined {
  const { for: lasts, until, 'until-commit': commit, 'until-gate': gate } = words;
  const ends: HoldEnd[] = [];
  if (typeof lasts === 'string') ends.push({ kind: 'moment', at: after(lasts, now) });
  if (typeof until === 'string') ends.push({ kind: 'moment', at: momentOf(until) });
  if (typeof commit === 'string') {
    const [, repo, sha] = /^(.+)@([^@]+)$/.exec(commit) ?? [];
    if (repo === undefined || sha === undefined || !isCommitSha(sha)) {
      throw new UsageError('--until-commit takes REPO@SHA with a full commit');
    }
    ends.push({ kind: 'commit', repo, commit: sha });
  }
  if (typeof gate === 'string') {
    const [, name, image] = /^([^:]+):([^:]+)$/.exec(gate) ?? [];
    if (name === undefined || image === undefined) throw new UsageError('--until-gate takes GATE:IMAGE');
    ends.push({ kind: 'gate', gate: name, image });
  }
  if (ends.length < 2) return ends[0];
  throw new UsageError('a hold has one end: --for, --until, --until-commit or --until-gate');
}

function after(lasts: string, now: number): string {
  if (!Duration.safeParse(lasts).success) {
    throw new UsageError('--for takes a duration such as 30m, 2h or 7d');
  }
  return new Date(now + milliseconds(lasts)).toISOString();
}

function momentOf(text: string): string {
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) {
    throw new UsageError('--until takes a date or moment, such as 2026-12-24 or 2026-12-24T18:00:00+01:00');
  }
  return new Date(moment).toISOString();
}
