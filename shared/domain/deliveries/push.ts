import type { CommitSha } from '../names/commit-sha.ts';

/** What a forge says of one ref that was pushed. */
export type Push = {
  /** Every URL that the sender gives for the repository: clone, ssh and web. */
  readonly repoUrls: readonly string[];
  readonly kind: 'branch' | 'tag' | 'other';
  /** The branch or tag without `refs/heads/` or `refs/tags/`; another ref is whole. */
  readonly name: string;
  /** All zeros for a ref that was not there before. */
  readonly before: CommitSha;
  /** All zeros for a ref that was deleted. For an annotated tag the tag itself, not its commit. */
  readonly after: CommitSha;
  /** The commit that a pushed tag names, where the sender told. */
  readonly commit?: CommitSha;
  /** Whether history was rewritten. `true` also where the sender does not tell (Gitea, GitLab), so that the forge is asked. */
  readonly forced: boolean;
  readonly deleted: boolean;
  /** How many commits it brought, where the sender told; at least so many (GitHub lists no more than 2,048). */
  readonly size?: number;
  /** What the sender tells of the pushed commit, with its whole message. */
  readonly head?: { readonly author?: string; readonly message?: string; readonly committedAt?: string };
};

/** A whole ref, such as `refs/heads/main`, as a {@link Push} names it. */
export function namedRef(ref: string): Pick<Push, 'kind' | 'name'> {
  const [, folder, name] = /^refs\/(heads|tags)\/(.+)$/s.exec(ref) ?? [];
  if (name === undefined) return { kind: 'other', name: ref };
  return { kind: folder === 'heads' ? 'branch' : 'tag', name };
}
