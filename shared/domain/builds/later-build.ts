/** What tells two images of one commit apart in time. */
export type BuiltImage = { readonly digest?: string | undefined; readonly startedAt?: string | undefined };

/**
 * Whether an image is of a later build of the same commit than another: the one that started later. Of two that
 * started in the same moment (builders that tell whole seconds) it is the greater digest, so that whoever comes
 * first does not matter. `undefined` when either start is not known.
 */
export function isLaterBuild(a: BuiltImage, b: BuiltImage): boolean | undefined {
  if (a.startedAt === undefined || b.startedAt === undefined) return undefined;
  if (a.startedAt !== b.startedAt) return a.startedAt > b.startedAt;
  return (a.digest ?? '') > (b.digest ?? '');
}
