import { z } from 'zod';
import { formatImageReference, parseImageReference } from '../../../domain/names/image-reference.ts';
import type { BuildOrder } from '../../../ports/builder.ts';

/** An artifact of these types is a build order: its one layer is the build context. */
export const TYPES = {
  artifact: 'application/vnd.headway.order.v1',
  order: 'application/vnd.headway.order.v1+json',
  context: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

const Reference = z.string().transform((text, context) => {
  const image = parseImageReference(text);
  if (image !== undefined) return image;
  context.addIssue('expected an image reference');
  return z.NEVER;
});
const Texts = z.record(z.string(), z.string());

/** What of an order goes along: no secrets, and nothing that is for this machine alone. */
export const OrderDocument = z.object({
  image: Reference,
  dockerfile: z.string(),
  args: Texts,
  labels: Texts,
  epoch: z.number(),
  platform: z.string().optional(),
  cacheFrom: z.array(Reference).optional(),
  /** Registries that speak plain HTTP. */
  insecure: z.array(z.string()),
});
export type OrderDocument = z.infer<typeof OrderDocument>;

/** The same order gives the same text. */
export function formatOrder(
  order: BuildOrder,
  { insecure }: { readonly insecure: readonly string[] },
): string {
  const { image, dockerfile, args, labels, epoch, platform, cacheFrom } = order;
  return JSON.stringify({
    image: formatImageReference(image),
    dockerfile,
    args: sorted(args),
    labels: sorted(labels),
    epoch,
    platform,
    cacheFrom: cacheFrom?.map(formatImageReference),
    insecure: insecure.toSorted(),
  });
}

function sorted(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
