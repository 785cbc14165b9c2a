import { createHash } from 'node:crypto';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import type { Candidate, Standing, Tag } from '../../shared/domain/documents/tag.ts';

/** The moment at which judges are asked, unless a test says another. */
export const NOW = Date.parse('2026-03-02T12:00:00.000Z');
/** A moment so many seconds from {@link NOW}. */
export const at = (seconds = 0) => new Date(NOW + seconds * 1_000).toISOString();

/** The hash and the digest that stand for a word, the same for the same word. */
export const sha = (word: string) => createHash('sha1').update(word).digest('hex');
export const digest = (word: string) => `sha256:${createHash('sha256').update(word).digest('hex')}`;

/** The image built of a commit, as it asks for a tag and as a tag stands on it; `build` tells rebuilds apart. */
type Which = { readonly build?: string; readonly startedAt?: string };
export function candidateOf(commit: string, { build = '', ...rest }: Which = {}): Candidate {
  return { commit: sha(commit), digest: digest(commit + build), ...rest };
}
export function standingOn(commit: string, which: Which = {}): Standing {
  return { ...candidateOf(commit, which), at: at(-60) };
}

/** The tag `prod` of `web`, which follows `main`. */
export function aTag(more: Partial<Tag> = {}): Tag {
  return {
    image: 'web',
    tag: 'prod',
    follows: { repo: 'shop', branch: 'main' },
    candidates: [],
    attempted: [],
    sequence: 0,
    attempts: 0,
    ...more,
  };
}

/** The build of `web` at commit `c1`, asked for and due. */
export function aBuild(more: Partial<Build> = {}): Build {
  return {
    image: 'web',
    commit: sha('c1'),
    repo: 'shop',
    branch: 'main',
    status: 'waiting',
    steps: [],
    attempts: 0,
    due: at(),
    ...more,
  };
}

/** The service `web`, which follows `web:prod`. */
export function aService(more: Partial<Service> = {}): Service {
  return {
    target: 'place',
    service: 'web',
    image: 'web',
    tag: 'prod',
    phase: 'idle',
    sequence: 0,
    attempts: 0,
    due: at(),
    ...more,
  };
}
