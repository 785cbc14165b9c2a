import { followsOf } from '../configuration/lookups.ts';
import type { Configuration } from '../configuration/schema.ts';
import { gatesOf } from '../gates/gates-of.ts';
import { isCommitSha } from '../names/commit-sha.ts';
import { isTag } from '../names/image-reference.ts';

export type PromotionWish = {
  readonly from: string;
  /** `PREFIX-stable`, with the prefix of the source, when absent. */
  readonly to?: string | undefined;
  /** Names of images; the whole stack when absent. */
  readonly images?: readonly string[] | undefined;
  /** Names of gates that need not pass. */
  readonly skipGates?: readonly string[] | undefined;
};
export type PromotionPlan =
  | {
      readonly kind: 'planned';
      readonly to: string;
      readonly images: readonly { readonly image: string; readonly repository: string }[];
    }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * What a wish comes to by the configuration alone: the target's name, and the images of the stack. The stack is what
 * the configuration gives the target tag to, else the source tag, else every image.
 */
export function planPromotion(configuration: Configuration, wish: PromotionWish): PromotionPlan {
  const { from } = wish;
  const refuse = (state: string) => {
    const reason = `Cannot promote "${from}": ${state}`;
    return { kind: 'refused', reason } as const;
  };
  if (!isTag(from)) return refuse('it is not a tag');
  const to = wish.to ?? stableTag(from);
  if (to === undefined) {
    return refuse(`it has no prefix, as "2026.3" is in "2026.3-a1239a"; name the target`);
  }
  if (!isTag(to)) return refuse(`its target "${to}" is not a tag`);
  if (to === from) return refuse('it would stay where it is; name another target');
  if (isCommitSha(to)) return refuse(`its target "${to}" is the name of a commit, which never moves`);
  const images = wish.images === undefined ? stackOf(configuration, from, to) : [...new Set(wish.images)];
  if (images.length === 0) return refuse('no image is selected; name at least one');
  const problem = selectionProblem(configuration, to, images) ?? skipProblem(configuration, to, wish);
  if (problem !== undefined) return refuse(problem);
  const planned = images.flatMap(image => {
    const found = configuration.images[image];
    return found === undefined ? [] : [{ image, repository: found.repository }];
  });
  return { kind: 'planned', to, images: planned };
}

/** `2026.3-a1239a` to `2026.3-stable`: the prefix ends at the first hyphen. */
export function stableTag(source: string): string | undefined {
  const hyphen = source.indexOf('-');
  return hyphen < 1 ? undefined : `${source.slice(0, hyphen)}-stable`;
}

/** Several names as people write them: `api, base and web`. */
export function namesOf(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' and ');
}

function stackOf({ tags, images }: Configuration, from: string, to: string): readonly string[] {
  return [...new Set(tags[to]?.images ?? tags[from]?.images ?? Object.keys(images))];
}

function selectionProblem(
  configuration: Configuration,
  to: string,
  images: readonly string[],
): string | undefined {
  const unknown = images.filter(image => !Object.hasOwn(configuration.images, image));
  if (unknown.length > 0) return `the configuration does not name ${namesOf(unknown)}`;
  const carriers = Object.hasOwn(configuration.tags, to) ? configuration.tags[to]?.images : undefined;
  const strange = images.filter(image => carriers?.includes(image) === false);
  if (strange.length > 0) return `the configuration does not give "${to}" to ${namesOf(strange)}`;
  const following = images.filter(image => followsOf(configuration, image, to) !== undefined);
  if (following.length === 0) return undefined;
  return `"${to}" of ${namesOf(following)} moves by itself; set follows: manual to move it by hand`;
}

/** Who skips a gate that is not there may believe to have skipped another. */
function skipProblem(
  configuration: Configuration,
  to: string,
  { skipGates = [] }: PromotionWish,
): string | undefined {
  const gates = gatesOf(configuration, to);
  const strange = skipGates.filter(gate => !gates.includes(gate));
  if (strange.length === 0) return undefined;
  const held = gates.length === 0 ? 'no gate' : `gate ${namesOf(gates)}`;
  return `"${to}" is not held by gate ${namesOf(strange)}, but by ${held}`;
}
