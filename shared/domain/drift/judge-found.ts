import { imagesAt } from '../configuration/lookups.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { ImageReference } from '../names/image-reference.ts';

/** What a target shows of something that no service of the configuration names. */
export type Stranger = {
  readonly image: ImageReference;
  readonly labels: Readonly<Record<string, string>>;
};

export type Following =
  | { readonly kind: 'follows'; readonly image: string; readonly tag: string }
  | { readonly kind: 'ignored'; readonly reason: string };

/**
 * Whether something found at a target is a service of ours: its image is exactly one of the configuration's, and its
 * tag one that headway knows for it. Labels opt in (`headway.enable: "true"`), opt out (`"false"`), or name the tag
 * to follow (`headway.follow: prod`); annotations say the same as `headway.dev/enable` and `headway.dev/follow`.
 */
export function judgeFound(
  configuration: Configuration,
  { image, labels }: Stranger,
  discover: 'labelled' | 'all',
): Following {
  const enable = labelOf(labels, 'enable');
  const follow = labelOf(labels, 'follow');
  if (enable === 'false') return ignored('its label headway.enable says false');
  if (discover === 'labelled' && enable !== 'true' && follow === undefined) {
    return ignored('it has no label headway.enable or headway.follow');
  }
  const [name, second] = imagesAt(configuration, image);
  if (name === undefined || second !== undefined) return ignored('its image is none of the configuration');
  const tag = follow ?? image.tag ?? (image.digest === undefined ? 'latest' : undefined);
  if (tag === undefined)
    return ignored('it names a digest and no tag; the label headway.follow may name one');
  if (configuration.tags[tag]?.images.includes(name) !== true) {
    return ignored(`"${tag}" is not a tag that the configuration has for image "${name}"`);
  }
  return { kind: 'follows', image: name, tag };
}

function labelOf(labels: Stranger['labels'], name: string): string | undefined {
  return labels[`headway.${name}`] ?? labels[`headway.dev/${name}`];
}

function ignored(reason: string): Following {
  return { kind: 'ignored', reason };
}
