/** What was pushed, or proposed, as far as it decides what is built. */
export type Change = {
  readonly branch: string;
  /** On the default branch every image is built: a release is made from a whole stack. */
  readonly isDefault: boolean;
  /** Nothing of the branch was built before. */
  readonly isFirst: boolean;
  /**
   * Of all commits since the last plan, newest first; before them the title of a pull request. The first of the
   * commits and the title can skip the plan, any of them can ask for a full rebuild.
   */
  readonly messages: readonly string[];
  readonly title?: string | undefined;
  /**
   * Paths that differ from what was last built, both names of a file that moved: those of all commits of a push,
   * all of a pull request. Nothing where there is nothing to compare with: then everything is new.
   */
  readonly files: readonly string[] | undefined;
  /** A person asks for everything. */
  readonly wantsAll?: boolean | undefined;
};

/** What is known of an image in the registry under its own tag. What could not be learned changes nothing. */
export type Published =
  | {
      readonly kind: 'there';
      /** Of its index and of what is in it. */
      readonly digests?: readonly string[];
      /** Digests of its parents when it was built, by their names. */
      readonly builtOn?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * The words of https://docs.github.com/actions/how-tos/manage-workflow-runs/skip-workflow-runs; only the first also
 * without brackets, since "there is no CI for this yet" skips nothing.
 */
const SKIP = /\bskip[ -]ci\b|\[(?:ci skip|no ci|skip actions|actions skip)\]/i;
const FULL = /\bfull[ -]rebuild\b/i;

/** The text that says that nothing is to be built. */
export function skipWord({ messages: [newest = ''], title = '' }: Change): string | undefined {
  return (SKIP.exec(newest) ?? SKIP.exec(title))?.[0];
}

export function asksForFullRebuild({ messages, title = '' }: Change): boolean {
  return [...messages, title].some(text => FULL.test(text));
}
